import type { Change, Delivery } from './change.js';
import type { Payment } from './payment.js';

/** A payment as it was written when cards were the only method. */
type CardPayment = { card: string | null; means?: never };
type EarlierPayment = Payment | ((Payment | Record<string, unknown>) & CardPayment);

/** One line of the books, in today's shape. Lines are written by the ledger and nowhere else, so their shapes are known. */
export function readChange(line: string): Change {
  const { delivery, payment, ...rest } = JSON.parse(line) as Omit<Change, 'payment'> & {
    payment?: EarlierPayment;
    delivery?: Delivery;
  };
  return {
    ...rest,
    ...(delivery === undefined ? {} : { deliveries: [delivery] }),
    ...(payment === undefined ? {} : { payment: upcast(payment) }),
  };
}

function upcast(stored: EarlierPayment): Payment {
  if ('metadata' in stored) return stored as Payment;
  const { card, ...payment } = stored as { card?: string | null };
  const since = {
    metadata: null,
    cultureExpense: false,
    window: { method: 'CARD', due: { validHours: 168 }, customerName: null },
  };
  if (card === undefined) return { ...payment, ...since } as Payment;
  const means = card === null ? null : { method: 'CARD', card };
  return { ...payment, ...since, means, ...('approvedAt' in payment ? { account: null } : {}) } as Payment;
}
