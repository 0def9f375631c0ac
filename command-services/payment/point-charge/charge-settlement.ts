import { type OrderId, PaymentKey } from '@tiketi/shared-kernel/contracts/ids.js';
import type { Instant } from '@tiketi/shared-kernel/contracts/time.js';
import type { Logger } from '@tiketi/shared-kernel/service/logger.js';
import type { Charge, Charging } from '../charging.js';
import { providerKeyOf } from '../ids.js';
import type { Asking } from '../orders.js';
import { type ConfirmAnswer, isInWon, type PaymentProvider, type ProviderPayment } from '../provider.js';
import type { ChargeOrders, KnownCharge } from './charge-orders.js';
import type { ChargeOrder, PointCharge } from './point-charge.js';
import { recordChargeApproval, recordChargeDecline } from './record-outcome.js';
import { type RequestChargeRefusal, requestCharge } from './request-charge.js';

/** How a charge stands for its buyer. */
export type ChargeSettled =
  | { readonly kind: 'confirmed'; readonly position: string | null }
  | { readonly kind: 'declined'; readonly code: string }
  /** Not known yet, or not credited yet: the process of point charges finishes it. */
  | { readonly kind: 'delayed' }
  | { readonly kind: 'refused'; readonly refusal: RequestChargeRefusal };

/** What was heard of a charge from outside. `refunded`: given back at the provider, though nobody here asked for it. */
export type ChargeHeard = 'approved' | 'declined' | 'open' | 'refunded' | 'mismatch' | 'unknownOrder';

/** Where what was paid is credited. Throws where that cannot be done now, or (a fault) at all. */
export type CreditPoints = (order: ChargeOrder, asking: Asking) => Promise<bigint | undefined>;

export type ChargeSettlementPorts = {
  readonly orders: ChargeOrders;
  readonly charging: Charging;
  readonly provider: Pick<PaymentProvider, 'lookupByOrder'>;
  readonly credit: CreditPoints;
  readonly clock: () => number;
  readonly logger: Logger;
  /** How long one call to the provider may take; until then nobody asks what became of it. */
  readonly providerTimeoutMs: number;
};

const chargeOf = ({ order, paymentKey, providerKey, requestedAt }: Extract<KnownCharge, { status: 'requested' }>): Charge => ({
  orderId: order.orderId,
  amount: order.amount,
  paymentKey,
  providerKey,
  requestedAt,
});

/** Intent, charge, outcome, credit, and their repair. Everything here may run twice, at once or after a crash. */
export const createChargeSettlement = (ports: ChargeSettlementPorts) => {
  const { orders, charging, provider, clock, logger } = ports;

  const credited = async (order: ChargeOrder, asking: Asking): Promise<ChargeSettled> => {
    try {
      const position = await ports.credit(order, asking);
      return { kind: 'confirmed', position: position === undefined ? null : String(position) };
    } catch (error) {
      logger.warn({ err: error, orderId: order.orderId }, 'points that were paid for are credited later');
      return { kind: 'delayed' };
    }
  };

  /** What follows from the charge as it now stands, whoever brought it there. */
  const standing = async (order: ChargeOrder, state: PointCharge, asking: Asking): Promise<ChargeSettled> => {
    if (state.status === 'approved') return credited(order, asking);
    return state.status === 'declined' ? { kind: 'declined', code: state.code } : { kind: 'delayed' };
  };

  const approved = async (order: ChargeOrder, charged: ProviderPayment, asking: Asking): Promise<ChargeSettled> => {
    const { method, receiptUrl } = charged;
    const paymentKey = PaymentKey.parse(charged.paymentKey);
    const approval = await orders.decide(
      order.orderId,
      'approve',
      (now) => recordChargeApproval({ paymentKey, method, receiptUrl, now }),
      asking,
    );
    if (approval.kind === 'refused') {
      logger.error(
        { orderId: order.orderId, alarm: 'charge-not-recorded' },
        'the provider charged an order that was never asked for',
      );
    }
    return standing(order, approval.state, asking);
  };

  const declined = async (order: ChargeOrder, code: string, asking: Asking): Promise<ChargeSettled> => {
    const decline = await orders.decide(order.orderId, 'decline', (now) => recordChargeDecline({ code, now }), asking);
    return standing(order, decline.state, asking);
  };

  /** Points are sold for what is paid at once: an account that waits for a transfer is closed again. */
  const closeAccount = async (order: ChargeOrder, charge: Charge, asking: Asking): Promise<ChargeSettled> => {
    const { orderId, amount } = order;
    const { paymentKey, requestedAt } = charge;
    const key = providerKeyOf('close', orderId, paymentKey);
    const reason = 'points are not sold for a deposit';
    const closed = await charging.cancel(orderId, { paymentKey, reason, amount, refundableAmount: amount }, key, requestedAt);
    return closed === undefined ? { kind: 'delayed' } : declined(order, 'VIRTUAL_ACCOUNT_NOT_SUPPORTED', asking);
  };

  const settleBy = async (charge: Charge, order: ChargeOrder, answer: ConfirmAnswer, asking: Asking): Promise<ChargeSettled> => {
    switch (answer.kind) {
      case 'approved':
        return approved(order, answer.payment, asking);
      case 'waiting':
        return closeAccount(order, charge, asking);
      case 'declined':
        return declined(order, answer.code, asking);
      case 'unknown':
        return { kind: 'delayed' };
    }
  };

  /** The buyer's own request. */
  const confirm = async (order: ChargeOrder, paymentKey: PaymentKey, asking: Asking): Promise<ChargeSettled> => {
    const providerKey = providerKeyOf('confirm', order.orderId, paymentKey);
    const decideAt = (now: Instant) => requestCharge({ paymentKey, providerKey, now });
    const intent = await orders.decide(order.orderId, 'request', decideAt, asking);
    if (intent.kind === 'refused') {
      const { state, refusal } = intent;
      return state.status === 'declined' ? { kind: 'declined', code: state.code } : { kind: 'refused', refusal };
    }
    const { state } = intent;
    if ('paymentKey' in state && state.paymentKey !== paymentKey) return { kind: 'refused', refusal: 'AnotherPaymentKey' };
    if (state.status !== 'requested') return standing(order, state, asking);
    const charge = chargeOf(state);
    return settleBy(charge, order, await charging.charge(charge), asking);
  };

  const askProvider = async (known: Extract<KnownCharge, { status: 'requested' }>, asking: Asking): Promise<void> => {
    const charge = chargeOf(known);
    await settleBy(charge, known.order, await charging.ask(charge), asking);
  };

  const find = async (orderId: OrderId): Promise<KnownCharge> => {
    const known = await orders.find(orderId);
    if (known === undefined) throw new Error(`there is no point charge ${orderId}`);
    return known;
  };

  /** For the process: whether the outcome of the charge is known, after asking the provider where it may be asked. */
  const resolve = async (orderId: OrderId, asking: Asking): Promise<'known' | 'open'> => {
    const known = await find(orderId);
    if (known.status === 'requested') {
      // the handler that asked may still be waiting for its answer
      if (clock() < Date.parse(known.requestedAt) + ports.providerTimeoutMs) return 'open';
      await askProvider(known, asking);
    }
    const after = await find(orderId);
    return after.status === 'approved' || after.status === 'declined' ? 'known' : 'open';
  };

  /** For the process: credits an approved charge. Throws what crediting throws. */
  const credit = async (orderId: OrderId, asking: Asking): Promise<void> => {
    const known = await find(orderId);
    if (known.status !== 'approved') throw new Error(`point charge ${orderId} is ${known.status}, not approved`);
    await ports.credit(known.order, asking);
  };

  /** An ended charge as the provider has it now. The provider is only read: a closed order must not be charged again. */
  const lookAgain = async (known: Extract<KnownCharge, { status: 'approved' | 'declined' }>, asking: Asking) => {
    const { order, status } = known;
    const found = await provider.lookupByOrder(order.orderId);
    if (found.kind !== 'found') return status;
    const { payment } = found;
    const ours = payment.paymentKey === known.paymentKey && payment.totalAmount === order.amount && isInWon(payment);
    if (status === 'approved' && ours && payment.balanceAmount < order.amount) {
      logger.error(
        { orderId: order.orderId, alarm: 'point-charge-refunded-outside' },
        'points were bought with money that the provider gave back: a person has to look',
      );
      return 'refunded';
    }
    if (payment.status !== 'DONE') return status;
    if (!ours) return 'mismatch';
    if (status === 'declined') await approved(order, payment, asking);
    return 'approved';
  };

  /** Somebody says that something became of the order: the provider is asked, and what it says is applied. */
  const hear = async (orderId: OrderId, asking: Asking): Promise<ChargeHeard> => {
    const known = await orders.find(orderId);
    if (known === undefined) return 'unknownOrder';
    if (known.status === 'prepared') return 'open';
    if (known.status !== 'requested') return lookAgain(known, asking);
    await askProvider(known, asking);
    const after = await find(orderId);
    return after.status === 'approved' || after.status === 'declined' ? after.status : 'open';
  };

  return { confirm, resolve, credit, hear };
};

export type ChargeSettlement = ReturnType<typeof createChargeSettlement>;
