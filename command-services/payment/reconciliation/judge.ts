import type { OrderId } from '@tiketi/shared-kernel/contracts/ids.js';
import type { PaymentProvider, ProviderBooks, ProviderPayment } from '../provider.js';
import type { FindOwnOrder, OwnOrder } from '../records/own-order.js';
import { compareForeign, compareOwn, comparePoints, type Difference, type PointTotals } from './compare.js';
import type { FindPointTotals } from './point-totals.js';

export type Judged = {
  readonly order: OwnOrder | undefined;
  /** The payment a difference is about, where it is about one. */
  readonly found: readonly (Difference & { readonly payment: ProviderPayment | undefined })[];
};

type Ports = {
  readonly findOrder: FindOwnOrder;
  readonly provider: Pick<PaymentProvider, 'lookupByOrder'> & Pick<ProviderBooks, 'lookupByKey'>;
  readonly pointTotals: FindPointTotals;
  readonly ledgerTotals: (orderIds: readonly OrderId[]) => Promise<ReadonlyMap<OrderId, PointTotals>>;
};

/** The provider could not be asked about an order: nothing is known of it, so nothing is said. */
export class ProviderSilentError extends Error {
  override readonly name = 'ProviderSilentError';
}

/** What to ask about an order: which payments the provider's lines named, or that its side is known to be right. */
export type Doubt = { readonly keys: ReadonlySet<string> } | 'points only';

/**
 * Holds one order against the provider and the points, each asked for its own truth now: the payment itself rather than a line about it,
 * the streams rather than the rows made from them. What changed after `before` (milliseconds) may still be under way.
 */
export const createJudge = ({ findOrder, provider, pointTotals, ledgerTotals }: Ports) => {
  const moneyOf = async (
    orderId: OrderId,
    order: OwnOrder | undefined,
    keys: ReadonlySet<string>,
    before: number,
  ): Promise<Judged['found']> => {
    const own = order?.paymentKey ?? undefined;
    const payments = await paymentsOf(provider, orderId, new Set([...keys, ...(own === undefined ? [] : [own])]));
    const ownPayment = payments.find(({ paymentKey }) => paymentKey === own);
    const foreign = payments.filter((payment) => payment !== ownPayment);
    return [
      ...foreign.flatMap((payment) => compareForeign(payment).map((one) => ({ ...one, payment }))),
      ...(order === undefined ? [] : compareOwn(order, ownPayment, before).map((one) => ({ ...one, payment: ownPayment }))),
    ];
  };

  const pointsOf = async (order: OwnOrder, before: number): Promise<Judged['found']> => {
    if ((order.kind === 'booking' && order.pointAmount === 0) || order.lastChangeAt > before) return [];
    const ledger = await ledgerTotals([order.orderId]);
    const inStream = await pointTotals(order.userId, order.orderId);
    return comparePoints(order, inStream, ledger.get(order.orderId)).map((one) => ({ ...one, payment: undefined }));
  };

  const judge = async (orderId: OrderId, doubt: Doubt, before: number): Promise<Judged> => {
    const order = await findOrder(orderId);
    const money = doubt === 'points only' ? [] : await moneyOf(orderId, order, doubt.keys, before);
    const points = order === undefined ? [] : await pointsOf(order, before);
    // a buyer who paid while the provider was asked would look charged for nothing: both sides are read again
    if (money.length > 0 && !isSame(order, await findOrder(orderId))) return judge(orderId, doubt, before);
    return { order, found: [...money, ...points] };
  };
  return judge;
};

const isSame = (one: OwnOrder | undefined, other: OwnOrder | undefined): boolean => JSON.stringify(one) === JSON.stringify(other);

export type Judge = ReturnType<typeof createJudge>;

const paymentsOf = async (
  provider: Ports['provider'],
  orderId: OrderId,
  keys: ReadonlySet<string>,
): Promise<readonly ProviderPayment[]> => {
  const asked =
    keys.size === 0 ? [() => provider.lookupByOrder(orderId)] : [...keys].map((key) => () => provider.lookupByKey(key));
  const payments: ProviderPayment[] = [];
  for (const ask of asked) {
    const answer = await ask();
    if (answer.kind === 'unknown') throw new ProviderSilentError(answer.cause);
    if (answer.kind === 'found' && answer.payment.orderId === orderId) payments.push(answer.payment);
  }
  return payments;
};
