import { z } from 'zod';
import type { Fact } from './history.js';

/** Everything wrong with a history, as sentences; empty when all promises were kept. */
export type Faults = readonly string[];

/** Streams have no gaps, positions rise, and no event is stored twice. */
export const logFaults = (facts: readonly Fact[]): Faults => {
  const faults: string[] = [];
  const next = new Map<string, bigint>();
  const ids = new Set<string>();
  let position = -1n;
  for (const { stream, revision, id, position: at } of facts) {
    if (revision !== (next.get(stream) ?? 0n))
      faults.push(`${stream}: revision ${revision} where ${next.get(stream) ?? 0n} was due`);
    next.set(stream, revision + 1n);
    if (at.commit <= position) faults.push(`${stream}@${revision}: position does not rise`);
    position = at.commit;
    if (ids.has(id)) faults.push(`${stream}@${revision}: event id ${id} is stored twice`);
    ids.add(id);
  }
  return faults;
};

/** Told from the inventory alone, independently of the code that decides: a seat has one holder at a time, and only what is held is sold. */
export const seatFaults = (facts: readonly Fact[]): Faults => {
  const faults: string[] = [];
  const holders = new Map<string, string>();
  const holds = new Map<string, { seats: string[]; state: 'held' | 'sold' | 'released' }>();
  for (const fact of facts) {
    if (fact.type === 'SeatsHeld') {
      const { reservationId, performanceId, seats } = fact.data;
      if (holds.has(reservationId)) faults.push(`reservation ${reservationId} holds twice, here or at another performance`);
      const names = seats.map(({ seatId }) => `${performanceId}/${seatId}`);
      for (const name of names) {
        const holder = holders.get(name);
        if (holder !== undefined) faults.push(`seat ${name} went to ${reservationId} while ${holder} had it`);
        holders.set(name, reservationId);
      }
      holds.set(reservationId, { seats: names, state: 'held' });
    }
    if (fact.type === 'SeatsSold' || fact.type === 'SeatsReleased') {
      const hold = holds.get(fact.data.reservationId);
      const givenUp = fact.type === 'SeatsReleased' && fact.data.reason === 'refunded' && hold?.state === 'sold';
      if (hold?.state !== 'held' && !givenUp)
        faults.push(`${fact.type} of ${fact.data.reservationId}, which is ${hold?.state ?? 'unknown'}`);
      if (hold === undefined) continue;
      hold.state = fact.type === 'SeatsSold' ? 'sold' : 'released';
      if (hold.state === 'released') for (const name of hold.seats) holders.delete(name);
    }
  }
  return faults;
};

/** A confirmed reservation has its seats sold, an ended one has them back, once everything has come to rest. */
export const outcomeFaults = (facts: readonly Fact[]): Faults => {
  const sold = new Set<string>();
  const released = new Set<string>();
  for (const fact of facts) {
    if (fact.type === 'SeatsSold') sold.add(fact.data.reservationId);
    if (fact.type === 'SeatsReleased') released.add(fact.data.reservationId);
  }
  return facts.flatMap((fact) => {
    // a booking given up at once may have its seats back before they were written down as sold
    if (fact.type === 'ReservationConfirmed' && !sold.has(fact.data.reservationId) && !released.has(fact.data.reservationId)) {
      return [`reservation ${fact.data.reservationId} is confirmed and its seats are not sold`];
    }
    const ended = fact.type === 'ReservationExpired' || fact.type === 'ReservationCancelled';
    return ended && !released.has(fact.data.reservationId)
      ? [`reservation ${fact.data.reservationId} ended and keeps its seats`]
      : [];
  });
};

const ProviderLedger = z.object({
  payments: z.array(z.object({ orderId: z.string(), status: z.string(), totalAmount: z.number(), balanceAmount: z.number() })),
});
export type ProviderLedger = z.infer<typeof ProviderLedger>;

/** The provider's own books, read at its own port. */
export const readProviderLedger = async (providerUrl: string): Promise<ProviderLedger> =>
  ProviderLedger.parse(await (await fetch(new URL('/simulator/ledger', providerUrl))).json());

/**
 * Judged by the provider's books: each charge ends as one confirmed booking or comes back in full, what comes back is what the events say, no
 * booking is confirmed for free, and bought points are paid for.
 */
export const moneyFaults = (facts: readonly Fact[], { payments }: ProviderLedger): Faults => {
  const faults: string[] = [];
  const confirmed = new Map<string, string>();
  const amounts = new Map<string, number>();
  const refunded = new Map<string, number>();
  const credited = new Set<string>();
  for (const { type, data } of facts) {
    if (type === 'ReservationConfirmed') confirmed.set(data.orderId, data.reservationId);
    if (type === 'PaymentPrepared') amounts.set(data.orderId, data.cardAmount);
    if (type === 'PointChargePrepared') amounts.set(data.orderId, data.amount);
    if (type === 'PointsCharged') credited.add(data.orderId);
    if (type === 'PaymentRefunded') refunded.set(data.orderId, (refunded.get(data.orderId) ?? 0) + data.cardAmount);
  }
  const charged = new Set<string>();
  for (const { orderId, totalAmount, balanceAmount } of payments) {
    if (charged.has(orderId) && balanceAmount > 0) faults.push(`order ${orderId} is charged twice`);
    charged.add(orderId);
    if (totalAmount !== amounts.get(orderId))
      faults.push(`order ${orderId} is charged ${totalAmount} won instead of ${amounts.get(orderId)}`);
    const back = refunded.get(orderId) ?? 0;
    if (totalAmount - balanceAmount !== back)
      faults.push(`of order ${orderId} ${totalAmount - balanceAmount} won came back, and ${back} are told`);
    if (balanceAmount > 0 && !confirmed.has(orderId) && !credited.has(orderId)) {
      faults.push(`order ${orderId} is charged ${balanceAmount} won and confirms nothing`);
    }
  }
  for (const orderId of [...confirmed.keys(), ...credited]) {
    if (!charged.has(orderId) && amounts.get(orderId) !== 0) faults.push(`order ${orderId} is confirmed and not charged`);
  }
  return faults;
};

/** What is still under way: a payment asked for and not settled, an approval not confirmed, a refund not made, a payment not ended. */
export const openFaults = (facts: readonly Fact[]): Faults => {
  const open = new Map<string, string>();
  for (const fact of facts) {
    switch (fact.type) {
      case 'PaymentStarted':
      case 'PaymentConfirmRequested':
      case 'PaymentApproved':
      case 'PaymentDeclined':
      case 'PaymentAbandoned':
      case 'PaymentRefundRequested':
        open.set(fact.data.orderId, fact.type);
        break;
      case 'ReservationConfirmed':
      case 'PaymentAttemptFailed':
      case 'PaymentRefunded':
        open.delete(fact.data.orderId);
        break;
      default:
    }
  }
  return [...open].map(([orderId, last]) => `order ${orderId} is left at ${last}`);
};

/** Every event of a booking carries the reservation's id as its correlation id, in whichever stream it is (decision 0004). */
export const correlationFaults = (facts: readonly Fact[]): Faults => {
  const reservations = new Map<string, string>();
  for (const { type, data } of facts) if (type === 'PaymentPrepared') reservations.set(data.orderId, data.reservationId);
  return facts.flatMap(({ type, data, stream, revision, metadata }) => {
    const ofOrder = 'orderId' in data ? reservations.get(data.orderId) : undefined;
    const booking = 'reservationId' in data ? data.reservationId : ofOrder;
    return booking === undefined || metadata.$correlationId === booking
      ? []
      : [`${stream}@${revision} ${type} of booking ${booking} is correlated with ${metadata.$correlationId}`];
  });
};
