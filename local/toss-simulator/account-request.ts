import { confirm, type Outcome } from './decisions.js';
import type { TossCode } from './errors.js';
import { newPaymentKey, newSecret } from './keys.js';
import type { Due } from './payment-means.js';
import type { VirtualAccountBody } from './request-bodies.js';
import { DEFAULT_VALID_HOURS } from './virtual-account.js';

/** The one due rule of a request that may name hours, an instant, or nothing, but not both. */
export function dueOf(named: {
  validHours?: number | undefined;
  dueDate?: number | undefined;
}): { due: Due } | { refused: TossCode } {
  const { validHours, dueDate } = named;
  if (validHours !== undefined && dueDate !== undefined) return { refused: 'INVALID_VALID_HOURS_WITH_DUE_DATE_AND_SINGLE' };
  if (dueDate !== undefined) return { due: { dueAt: dueDate } };
  return { due: { validHours: validHours ?? DEFAULT_VALID_HOURS } };
}

/** A virtual account the merchant asks for by itself, without a window: opened and confirmed in one step. */
export function accountRequest(body: VirtualAccountBody, takenOrder: boolean, now: number): Outcome {
  const due = dueOf(body);
  if ('refused' in due) return due;
  if (takenOrder) return { refused: 'DUPLICATED_ORDER_ID' };
  const { orderId, orderName, amount, bank, customerName } = body;
  const paymentKey = newPaymentKey();
  const outcome = confirm(
    { paymentKey, orderId, amount },
    {
      status: 'IN_PROGRESS',
      paymentKey,
      orderId,
      orderName,
      totalAmount: amount,
      requestedAt: now,
      secret: newSecret(),
      successUrl: null,
      failUrl: null,
      metadata: body.metadata ?? null,
      window: { method: 'VIRTUAL_ACCOUNT', due: due.due, customerName },
      cultureExpense: body.isCulturalExpenses,
      means: { method: 'VIRTUAL_ACCOUNT', bank, customerName, due: due.due },
      authenticatedAt: now,
      attempts: 0,
    },
    false,
    now,
  );
  // what was refused was never there
  return 'refused' in outcome ? { refused: outcome.refused } : outcome;
}
