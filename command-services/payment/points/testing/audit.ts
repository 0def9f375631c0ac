import { expect } from '@jest/globals';
import type { PointsEvent } from '@tiketi/shared-kernel/contracts/events/points.js';
import { evolveOne } from '@tiketi/shared-kernel/event-sourcing/decider.js';
import { transactionOf } from '../ledger/transactions.js';
import { points } from '../points.js';

const sum = (amounts: Iterable<number>): number => [...amounts].reduce((a, b) => a + b, 0);

/** Books a history in double entry and checks after each event what must hold of points, whoever wrote it. */
export const auditPoints = (history: readonly PointsEvent[]): void => {
  const accounts = new Map<string, number>();
  const seen = new Set<string>();
  const orders = new Map<string, { captured: number; refunded: number; closed: boolean }>();
  let state = points.initial;
  const add = (account: string, amount: number) => accounts.set(account, (accounts.get(account) ?? 0) + amount);

  for (const event of history) {
    const { transactionId, from, to, amount, orderId, userId } = transactionOf(event);
    expect(seen).not.toContain(transactionId);
    seen.add(transactionId);
    add(from, -amount);
    add(to, amount);

    const order = orders.get(orderId) ?? { captured: 0, refunded: 0, closed: false };
    orders.set(orderId, order);
    if (event.type === 'PointsHeld') expect(order.closed).toBe(false);
    if (event.type === 'PointsHoldVoided') order.closed = true;
    if (event.type === 'PointsCaptured') order.captured += amount;
    if (event.type === 'PointsRefunded') order.refunded += amount;
    expect(order.refunded).toBeLessThanOrEqual(order.captured);

    state = evolveOne(points, state, event);
    const [available, held, spent] = [`available:${userId}`, `held:${userId}`, 'spent'].map((name) => accounts.get(name) ?? 0);
    expect([state.available, state.held]).toEqual([available, held]);
    expect(Math.min(available ?? 0, held ?? 0, spent ?? 0)).toBeGreaterThanOrEqual(0);
    expect(sum(accounts.values())).toBe(0);
  }
};
