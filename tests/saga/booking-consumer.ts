import type { Wanted } from '@tiketi/reservation/booking-process/effects.js';
import { type BookingEvent, bookingRouting, stepOfBatch, type Timing } from '@tiketi/reservation/booking-process/routing.js';
import type { HeldSeats } from '@tiketi/reservation/reservation/opening.js';
import { inventoryEvents } from '@tiketi/shared-kernel/contracts/events/inventory.js';
import { paymentEvents } from '@tiketi/shared-kernel/contracts/events/payment.js';
import { reservationEvents } from '@tiketi/shared-kernel/contracts/events/reservation.js';
import { type ShowEvent, showEvents } from '@tiketi/shared-kernel/contracts/events/show.js';
import type { PerformanceId } from '@tiketi/shared-kernel/contracts/ids.js';
import { createCodec, type Recorded } from '@tiketi/shared-kernel/event-sourcing/codec.js';
import type { NewEffect } from '@tiketi/shared-kernel/event-sourcing/consumers/effects.js';
import type { ModelStore } from '@tiketi/shared-kernel/event-sourcing/testing/model-store.js';
import type { Life } from './lives.js';
import type { Rows } from './rows.js';
import type { Around } from './seams.js';
import type { Activity } from './turns.js';

const { ShowCancelled } = showEvents;
type Cancelled = Extract<ShowEvent, { type: 'ShowCancelled' }>;
const codec = createCodec({ ...inventoryEvents, ...reservationEvents, ...paymentEvents, ShowCancelled });

/** What the reservation service keeps in its database: bookings, effect rows and how far it has read. One transaction writes all of it. */
export type Tables = { readonly bookings: Map<string, HeldSeats>; readonly rows: Rows; position: number };

const rowOf = (key: string, event: Recorded<{ type: string }>, wanted: Wanted): NewEffect => ({
  ...{ ...wanted, key },
  correlationId: event.metadata.$correlationId,
  causationId: event.id,
});

const keyOf = (event: Recorded<BookingEvent>): string =>
  'reservationId' in event.data ? event.data.reservationId : event.data.performanceId;

/**
 * What the service's two consumers write of one event after another; the routing is the service's own. Two consumers there, each with
 * its checkpoint, are one here: nothing they write depends on which of them is ahead.
 */
export const createBookingConsumer = (o: {
  readonly life: Life;
  readonly around: Around;
  readonly store: ModelStore;
  readonly tables: Tables;
  readonly timing: Timing;
  /** Of the one show there is. */
  readonly performanceId: PerformanceId;
  /** How many events one transaction may take. */
  readonly batch: () => number;
}): Activity => {
  const { life, around, store, tables, timing } = o;
  const { bookings, rows } = tables;
  const routing = bookingRouting(timing);
  let reading = false;

  const cancelBookings = (event: Recorded<Extract<BookingEvent, { type: 'SalesCancelled' }>>): void => {
    for (const { reservationId, performanceId } of bookings.values()) {
      if (performanceId !== event.data.performanceId) continue;
      const dueAt = new Date(event.data.cancelledAt);
      rows.add([
        rowOf(reservationId, event, {
          kind: 'cancel-for-show',
          id: `cancel-for-show:${reservationId}`,
          dueAt,
          payload: { reservationId },
        }),
      ]);
    }
  };

  const cancelShow = (event: Recorded<Cancelled>): void => {
    const { performanceId } = o;
    const dueAt = new Date(event.data.cancelledAt);
    rows.add([
      rowOf(performanceId, event, {
        kind: 'cancel-sales',
        id: `cancel-sales:${performanceId}`,
        dueAt,
        payload: { performanceId },
      }),
    ]);
  };

  const apply = (until: number): void => {
    const batch: Recorded<BookingEvent>[] = [];
    const cancelled: Extract<Recorded<BookingEvent>, { type: 'SalesCancelled' }>[] = [];
    for (const stored of store.log.events.slice(tables.position, until)) {
      if (!codec.types.includes(stored.type as never)) continue;
      const decoded = codec.decode(stored);
      if (decoded.kind !== 'event') throw new Error(`${stored.stream}@${stored.revision} does not fit its schema`);
      const { event } = decoded;
      if (event.type === 'ShowCancelled') {
        cancelShow(event);
        continue;
      }
      if (event.type === 'SeatsHeld') bookings.set(event.data.reservationId, event.data);
      batch.push(event);
      if (event.type === 'SalesCancelled') cancelled.push(event);
    }
    const { want, settle } = stepOfBatch(routing, batch);
    rows.add(want.map(({ event, wanted }) => rowOf(keyOf(event), event, wanted)));
    for (const event of cancelled) cancelBookings(event);
    rows.close(settle);
    tables.position = until;
  };

  const read = async (): Promise<void> => {
    await around('rows', async () => apply(Math.min(store.log.events.length, tables.position + o.batch())));
    reading = false;
  };

  return {
    ready: () => {
      if (!life.alive() || reading || tables.position >= store.log.events.length) return [];
      return [
        () => {
          reading = true;
          void read();
        },
      ];
    },
    nextAt: () => undefined,
  };
};
