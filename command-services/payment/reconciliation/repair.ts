import type { OrderId, RefundId } from '@tiketi/shared-kernel/contracts/ids.js';
import { PaymentKey } from '@tiketi/shared-kernel/contracts/ids.js';
import { instantOf } from '@tiketi/shared-kernel/contracts/time.js';
import type { Charging } from '../charging.js';
import { providerKeyOf } from '../ids.js';
import type { Asking } from '../orders.js';
import type { ProviderPayment } from '../provider.js';
import type { OwnOrder } from '../records/own-order.js';
import type { RefundOutcome } from '../refunds.js';
import type { Hear } from '../webhooks/webhooks.js';
import type { Judged } from './judge.js';
import type { RepairPoints } from './repair-points.js';

type Ports = {
  readonly hear: Hear;
  readonly finishRefund: (orderId: OrderId, refundId: RefundId, asking: Asking) => Promise<RefundOutcome>;
  readonly charging: Pick<Charging, 'cancel'>;
  readonly repairPoints: RepairPoints;
};

/**
 * Tries to bring both sides together, by the steps the payment itself would have taken; says what was done. A second try of the same
 * changes nothing: each names its own guard.
 */
export const createRepair =
  ({ hear, finishRefund, charging, repairPoints }: Ports) =>
  async (order: OwnOrder | undefined, difference: Judged['found'][number], asking: Asking): Promise<string> => {
    const { kind, payment } = difference;
    if (order === undefined) return 'no such order here: a person has to look';
    switch (kind) {
      case 'missing-ours':
        return charged(order, payment, asking);
      case 'missing-theirs':
        return `heard: ${await hear(order.orderId, asking)}; the provider does not have the money`;
      case 'refunded-there-not-here':
      case 'double-refund':
        return refundedThere(order, kind === 'double-refund', asking);
      case 'refunded-here-not-there':
        return refundsFinished(order, asking);
      case 'points-differ':
        return repairPoints(order, difference.figures, asking);
      case 'amount-differs':
        return 'a person has to look';
    }

    async function charged(known: OwnOrder, theirs: ProviderPayment | undefined, by: Asking): Promise<string> {
      // only the payment of its own key can be this order's; a closed order that never asked for one has none at all
      const own = theirs === undefined || theirs.paymentKey === known.paymentKey;
      const never = known.status === 'abandoned' || known.status === 'prepared';
      if (own && !never) return `heard: ${await hear(known.orderId, by)}`;
      return theirs === undefined ? 'a person has to look' : givenBack(known.orderId, theirs);
    }

    async function givenBack(orderId: OrderId, { paymentKey, balanceAmount, approvedAt }: ProviderPayment): Promise<string> {
      const reason = 'charged for an order that is closed';
      const call = { paymentKey, reason, amount: balanceAmount, refundableAmount: balanceAmount };
      const key = providerKeyOf('refund', orderId, PaymentKey.parse(paymentKey));
      const done = await charging.cancel(orderId, call, key, instantOf(Date.parse(approvedAt ?? '') || 0));
      return done === undefined ? 'the provider did not take the charge back' : 'the whole charge was given back';
    }

    async function refundedThere(known: OwnOrder, twice: boolean, by: Asking): Promise<string> {
      const finished = await refundsFinished(known, by);
      const heard = await hear(known.orderId, by);
      return `${finished}; heard: ${heard}${twice ? '; given back twice: a person has to look' : ''}`;
    }

    async function refundsFinished({ orderId, refunds }: OwnOrder, by: Asking): Promise<string> {
      const open = refunds.filter(({ doneAt }) => doneAt === null);
      const outcomes: string[] = [];
      for (const { refundId } of open) outcomes.push(await finishRefund(orderId, refundId, by));
      return open.length === 0 ? 'no refund is open here' : `open refunds: ${outcomes.join(', ')}`;
    }
  };

export type Repair = ReturnType<typeof createRepair>;
