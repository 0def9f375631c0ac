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
  for (const { buyer: who, reserved } of told) {
    if (reserved === undefined) continue;
    const shown = await buyer.reservation(who.token, reserved.id).then(
      ({ status }) => status,
      (error: unknown) => String(error),
    );
    if (shown !== expected.get(reserved.id))
      faults.push(`reservation ${reserved.id} shows ${shown}, its events say ${expected.get(reserved.id)}`);
  }
  const { held, sold } = await buyer.seatStatus(performanceId);
  const counted = seatCounts(facts, performanceId);
  if (held !== counted.held || sold !== counted.sold) {
    faults.push(`the seat map shows ${held} held and ${sold} sold, the events say ${counted.held} and ${counted.sold}`);
  }
  return faults;
};
