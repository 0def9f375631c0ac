import { isInWon, type ProviderPayment } from '../provider.js';
import { type OwnOrder, refundedCard } from '../records/own-order.js';

/**
 * What can be wrong between the provider's books, our payment streams and the points. `missing-ours`: charged there, not here;
 * `missing-theirs`: the other way round. Refunds likewise; `double-refund`: the provider gave the same back twice.
 */
export type DifferenceKind =
  | 'missing-ours'
  | 'missing-theirs'
  | 'amount-differs'
  | 'refunded-there-not-here'
  | 'refunded-here-not-there'
  | 'double-refund'
  | 'points-differ';

/** What both sides say, in won or in the provider's words; never a key or an account. */
export type Figures = { readonly [name: string]: string | number };

export type Difference = { readonly kind: DifferenceKind; readonly figures: Figures };

/** Points an order moved, in won, by what became of them. */
export type PointTotals = {
  readonly charge: number;
  readonly hold: number;
  readonly capture: number;
  readonly void: number;
  readonly refund: number;
};

/** What a payment took at the provider: nothing while a virtual account has never been paid into. */
export const chargedThere = ({ status, totalAmount, virtualAccount, approvedAt }: ProviderPayment): number => {
  const took = status === 'DONE' || status === 'CANCELED' || status === 'PARTIAL_CANCELED';
  return took && !(virtualAccount !== null && approvedAt === null && status === 'CANCELED') ? totalAmount : 0;
};

/** What of it the provider gave back. */
export const refundedThere = (payment: ProviderPayment): number =>
  chargedThere(payment) === 0 ? 0 : payment.totalAmount - payment.balanceAmount;

const openRefunds = (order: OwnOrder, askedBefore: number) =>
  order.refunds.filter(({ doneAt, requestedAt }) => doneAt === null && requestedAt <= askedBefore);

/** Cancels of the provider's that none of our refunds has taken for its own. */
const unclaimed = (order: OwnOrder, payment: ProviderPayment) =>
  payment.cancels.filter(({ transactionKey }) => !order.refunds.some((refund) => refund.transactionKey === transactionKey));

const refundsCompared = (order: OwnOrder, payment: ProviderPayment, askedBefore: number): Difference[] => {
  const [here, there] = [refundedCard(order), refundedThere(payment)];
  const open = openRefunds(order, askedBefore);
  const figures = { here, there, asked: order.refunds.reduce((sum, { cardAmount }) => sum + cardAmount, 0) };
  if (there > here) {
    // a refund just asked for may be under way: what it explains is no difference yet
    if (there <= figures.asked && open.length === 0) return [];
    const twice = unclaimed(order, payment).some(({ amount }) => order.refunds.some(({ cardAmount }) => cardAmount === amount));
    return [{ kind: there > figures.asked && twice ? 'double-refund' : 'refunded-there-not-here', figures }];
  }
  return here > there || open.length > 0 ? [{ kind: 'refunded-here-not-there', figures }] : [];
};

const netThere = (payment: ProviderPayment): number => chargedThere(payment) - refundedThere(payment);

/** A payment of the provider's that is none of our order's own: nobody here asked for it, so nothing of it may stay charged. */
export const compareForeign = (payment: ProviderPayment): readonly Difference[] => {
  const there = netThere(payment);
  return there === 0 ? [] : [{ kind: 'missing-ours', figures: { here: 0, there, status: payment.status } }];
};

/**
 * Our order against the payment of its own key, undefined where the provider has none. Refunds asked for after `askedBefore`
 * (milliseconds) may still be under way and are no difference.
 */
export const compareOwn = (order: OwnOrder, payment: ProviderPayment | undefined, askedBefore: number): readonly Difference[] => {
  const there = payment === undefined ? 0 : chargedThere(payment);
  const status = payment?.status ?? 'none';
  if (order.status !== 'approved') {
    if (payment === undefined || netThere(payment) === 0) return [];
    const right = there === order.cardAmount && isInWon(payment);
    const figures = { here: 0, there: netThere(payment), asked: order.cardAmount, status, ...currencyOf(payment) };
    return [{ kind: right ? 'missing-ours' : 'amount-differs', figures }];
  }
  if (order.cardAmount === 0) return [];
  if (payment === undefined || there === 0) {
    return [{ kind: 'missing-theirs', figures: { here: order.cardAmount, there: 0, status } }];
  }
  if (there !== order.cardAmount || !isInWon(payment)) {
    return [{ kind: 'amount-differs', figures: { here: order.cardAmount, there, status, ...currencyOf(payment) } }];
  }
  return refundsCompared(order, payment, askedBefore);
};

const currencyOf = (payment: ProviderPayment): Figures => (isInWon(payment) ? {} : { currency: payment.currency ?? 'unknown' });

const NOTHING: PointTotals = { charge: 0, hold: 0, capture: 0, void: 0, refund: 0 };

const totalsFor = (order: OwnOrder): PointTotals | undefined => {
  const { status, kind, cardAmount, pointAmount, refunds } = order;
  if (status === 'declined' || status === 'abandoned') return NOTHING;
  if (status !== 'approved') return undefined;
  if (kind === 'points') return { ...NOTHING, charge: cardAmount };
  const back = refunds.reduce((sum, refund) => sum + (refund.doneAt === null ? 0 : refund.pointAmount), 0);
  return { ...NOTHING, capture: pointAmount, refund: back };
};

const net = (totals: PointTotals): number => totals.hold - totals.void - totals.refund;

/** The points an order moved, as the buyer's stream and as the ledger have them, against what the order says they should be. */
export const comparePoints = (
  order: OwnOrder,
  stream: PointTotals | undefined,
  ledger: PointTotals | undefined,
): readonly Difference[] => {
  const expected = totalsFor(order);
  if (expected === undefined) return [];
  const [inStream, inLedger] = [stream ?? NOTHING, ledger ?? NOTHING];
  const taken = expected.capture - expected.refund;
  const stillHeld = inStream.hold - inStream.void - inStream.capture;
  const right = inStream.charge === expected.charge && net(inStream) === taken && (stillHeld === 0 || order.kind === 'points');
  const agree = (Object.keys(NOTHING) as (keyof PointTotals)[]).every((kind) => inStream[kind] === inLedger[kind]);
  if (right && agree) return [];
  const figures = {
    expectedCharged: expected.charge,
    expectedTaken: taken,
    streamCharged: inStream.charge,
    streamTaken: net(inStream),
    streamHeld: stillHeld,
    ledgerCharged: inLedger.charge,
    ledgerTaken: net(inLedger),
  };
  return [{ kind: 'points-differ', figures }];
};
