import type { Fact } from '../support/history.js';
import type { Bank } from './bank.js';

type Order = { readonly reservationId: string; readonly card: number; readonly points: number };
type Kept = { readonly card: number; readonly points: number };

const NOTHING: Kept = { card: 0, points: 0 };

/** What of each order the house may keep, told from what became of its booking. */
const dueOf = (
  facts: readonly Fact[],
): { readonly orders: ReadonlyMap<string, Order>; readonly due: ReadonlyMap<string, Kept> } => {
  const orders = new Map<string, Order>();
  const due = new Map<string, Kept>();
  const paidBy = new Map<string, string>();
  for (const { type, data } of facts) {
    if (type === 'PaymentPrepared') {
      orders.set(data.orderId, { reservationId: data.reservationId, card: data.cardAmount, points: data.pointAmount });
      due.set(data.orderId, NOTHING);
    }
    if (type === 'ReservationConfirmed') {
      const order = orders.get(data.orderId);
      if (order !== undefined) due.set(data.orderId, order);
      paidBy.set(data.reservationId, data.orderId);
    }
    if (type === 'ReservationCancelled') {
      const orderId = paidBy.get(data.reservationId);
      const order = orderId === undefined ? undefined : orders.get(orderId);
      if (orderId === undefined || order === undefined) continue;
      const all = order.card + order.points;
      const back = data.cause === 'show_cancelled' ? all : (data.refund?.amount ?? all);
      // points come back first, so a fee is kept of the card part as far as that goes
      const points = Math.min(back, order.points);
      due.set(orderId, { card: order.card - (back - points), points: order.points - points });
    }
  }
  return { orders, due };
};

/** What of each order's points is spent, and what is neither spent nor back. */
const pointsOf = (facts: readonly Fact[]): { readonly spent: Map<string, number>; readonly held: Map<string, number> } => {
  const spent = new Map<string, number>();
  const held = new Map<string, number>();
  for (const { type, data } of facts) {
    if (type === 'PointsHeld') held.set(data.orderId, data.amount);
    if (type === 'PointsHoldVoided' || type === 'PointsCaptured') held.delete(data.orderId);
    if (type === 'PointsCaptured') spent.set(data.orderId, data.amount);
    if (type === 'PointsRefunded') spent.set(data.orderId, (spent.get(data.orderId) ?? 0) - data.amount);
  }
  return { spent, held };
};

/**
 * Won by won: of each order the provider keeps for us, and the buyer has spent in points, exactly what the end of its booking entitles
 * us to; each is charged at most once and given back in at most one go.
 */
export const settlementFaults = (facts: readonly Fact[], bank: Pick<Bank, 'payments' | 'charges'>): string[] => {
  const faults: string[] = [];
  const { orders, due } = dueOf(facts);
  const { spent, held } = pointsOf(facts);
  const kept = new Map<string, number>();
  for (const { orderId, approvedAt, balanceAmount, cancels } of bank.payments()) {
    if (approvedAt === null) continue;
    kept.set(orderId, (kept.get(orderId) ?? 0) + balanceAmount);
    if (bank.charges(orderId) > 1) faults.push(`order ${orderId} was charged ${bank.charges(orderId)} times`);
    if (cancels.length > 1) faults.push(`order ${orderId} was given back in ${cancels.length} goes`);
    if (!orders.has(orderId)) faults.push(`order ${orderId} was charged and never prepared`);
  }
  for (const [orderId, { card, points }] of due) {
    if ((kept.get(orderId) ?? 0) !== card)
      faults.push(`of order ${orderId} ${kept.get(orderId) ?? 0} won are kept instead of ${card}`);
    if ((spent.get(orderId) ?? 0) !== points)
      faults.push(`of order ${orderId} ${spent.get(orderId) ?? 0} points are spent instead of ${points}`);
    if (held.has(orderId)) faults.push(`points of order ${orderId} are still held`);
  }
  return faults;
};
