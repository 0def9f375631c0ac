import { createBuyer } from '@tiketi/cli/demo-purchase/buyer.js';
import type { Fact } from './history.js';
import type { Faults } from './invariants.js';
import type { Told } from './stubborn-buyer.js';
import type { TrialStack } from './trial-stack.js';

/** The status each reservation has by its events alone. */
const statuses = (facts: readonly Fact[]): Map<string, string> => {
  const by = new Map<string, string>();
  for (const fact of facts) {
    if (fact.type === 'SeatsHeld') by.set(fact.data.reservationId, 'pending');
    if (fact.type === 'ReservationConfirmed') by.set(fact.data.reservationId, 'confirmed');
    if (fact.type === 'ReservationCancelled') by.set(fact.data.reservationId, 'cancelled');
    if (fact.type === 'ReservationExpired') by.set(fact.data.reservationId, 'expired');
  }
  return by;
};

/** Given back of the order each reservation last paid with, card and points together. */
const refunds = (facts: readonly Fact[]): Map<string, number> => {
  const order = new Map<string, string>();
  const by = new Map<string, number>();
  for (const fact of facts) {
    if (fact.type === 'PaymentStarted') {
      if (order.get(fact.data.reservationId) !== fact.data.orderId) by.delete(fact.data.reservationId);
      order.set(fact.data.reservationId, fact.data.orderId);
    }
    if (fact.type !== 'PaymentRefunded' || order.get(fact.data.reservationId) !== fact.data.orderId) continue;
    const { reservationId, cardAmount, pointAmount } = fact.data;
    by.set(reservationId, (by.get(reservationId) ?? 0) + cardAmount + pointAmount);
  }
  return by;
};

/** Seats held and sold by the events alone. */
const seatCounts = (facts: readonly Fact[], performanceId: string): { held: number; sold: number } => {
  const holds = new Map<string, { seats: number; state: string }>();
  for (const fact of facts) {
    if (fact.type === 'SeatsHeld' && fact.data.performanceId === performanceId) {
      holds.set(fact.data.reservationId, { seats: fact.data.seats.length, state: 'held' });
    }
    const hold = fact.type === 'SeatsSold' || fact.type === 'SeatsReleased' ? holds.get(fact.data.reservationId) : undefined;
    if (hold !== undefined) hold.state = fact.type === 'SeatsSold' ? 'sold' : 'released';
  }
  const count = (state: string) =>
    [...holds.values()].filter((hold) => hold.state === state).reduce((sum, hold) => sum + hold.seats, 0);
  return { held: count('held'), sold: count('sold') };
};

/** Where the site shows something else than the events say: each buyer's reservation and the performance's seats. */
export const readModelFaults = async (
  stack: TrialStack,
  facts: readonly Fact[],
  told: readonly Told[],
  performanceId: string,
): Promise<Faults> => {
  const faults: string[] = [];
  const buyer = createBuyer(stack.running().edgeUrl);
  const expected = statuses(facts);
  const given = refunds(facts);
  for (const { buyer: who, reserved } of told) {
    if (reserved === undefined) continue;
    const shown = await buyer.reservation(who.token, reserved.id).then(
      ({ status, refundedAmount }) => `${status}, ${refundedAmount} given back`,
      (error: unknown) => String(error),
    );
    const due = `${expected.get(reserved.id)}, ${given.get(reserved.id) ?? 0} given back`;
    if (shown !== due) faults.push(`reservation ${reserved.id} shows ${shown}, its events say ${due}`);
  }
  const { held, sold } = await buyer.seatStatus(performanceId);
  const counted = seatCounts(facts, performanceId);
  if (held !== counted.held || sold !== counted.sold) {
    faults.push(`the seat map shows ${held} held and ${sold} sold, the events say ${counted.held} and ${counted.sold}`);
  }
  return faults;
};
