import { inventoryEvents } from '@tiketi/shared-kernel/contracts/events/inventory.js';
import { paymentEvents } from '@tiketi/shared-kernel/contracts/events/payment.js';
import { reservationEvents } from '@tiketi/shared-kernel/contracts/events/reservation.js';
import { type ShowEvent, showEvents } from '@tiketi/shared-kernel/contracts/events/show.js';
import { createCodec, type Recorded } from '@tiketi/shared-kernel/event-sourcing/codec.js';
import type { Consumer } from '@tiketi/shared-kernel/event-sourcing/consumers/consumer.js';
import { addEffects, closeEffects, type NewEffect } from '@tiketi/shared-kernel/event-sourcing/consumers/effects.js';
import type { Transaction } from 'kysely';
import { insertBookings } from '../bookings.js';
import type { ReservationDatabase } from '../database.js';
import type { HeldSeats } from '../reservation/opening.js';
import type { Wanted } from './effects.js';
import { type BookingEvent, bookingRouting, stepOf, type Timing } from './routing.js';

type Scheduled = Extract<ShowEvent, { type: 'PerformanceScheduled' }>;

/** The schema of this service: its tables, checkpoints and effect rows. */
export const SCHEMA = 'reservation';

const bookingCodec = createCodec({ ...inventoryEvents, ...reservationEvents, ...paymentEvents });
const scheduleCodec = createCodec({ PerformanceScheduled: showEvents.PerformanceScheduled });

const rowOf = (key: string, event: Recorded<{ type: string }>, wanted: Wanted): NewEffect => ({
  id: wanted.id,
  key,
  kind: wanted.kind,
  dueAt: wanted.dueAt,
  payload: wanted.payload,
  correlationId: event.metadata.$correlationId,
  causationId: event.id,
});

const reservationOf = (event: Recorded<BookingEvent>): string =>
  'reservationId' in event.data ? event.data.reservationId : event.data.performanceId;

/** Writes bookings, wishes and settled wishes of a batch; the reservation is the unit of order and of parking. */
export const bookingConsumer = (timing: Timing): Consumer => {
  const routing = bookingRouting(timing);
  return {
    name: 'booking',
    codec: bookingCodec,
    handles: new Set(bookingCodec.types),
    keyOf: (event: Recorded<BookingEvent>) => reservationOf(event),
    apply: async (tx: Transaction<ReservationDatabase>, batch: readonly Recorded<BookingEvent>[]) => {
      const held: HeldSeats[] = [];
      const wanted: NewEffect[] = [];
      const settled: string[] = [];
      for (const event of batch) {
        if (event.type === 'SeatsHeld') held.push(event.data);
        const step = stepOf(routing, event);
        for (const one of step.want) wanted.push(rowOf(reservationOf(event), event, one));
        settled.push(...step.settle);
      }
      await insertBookings(tx, held);
      await addEffects(tx, SCHEMA, wanted);
      await closeEffects(tx, SCHEMA, settled);
    },
    onFailure: 'park',
  };
};

/** A scheduled performance gets its inventory. */
export const inventoryOpening: Consumer = {
  name: 'inventory-opening',
  codec: scheduleCodec,
  handles: new Set(scheduleCodec.types),
  keyOf: (event: Recorded<Scheduled>) => event.data.performanceId,
  apply: async (tx: Transaction<ReservationDatabase>, batch: readonly Recorded<Scheduled>[]) => {
    await addEffects(
      tx,
      SCHEMA,
      batch.map((event) =>
        rowOf(event.data.performanceId, event, {
          kind: 'open-inventory',
          id: `open-inventory:${event.data.performanceId}`,
          dueAt: new Date(event.data.scheduledAt),
          payload: event.data,
        }),
      ),
    );
  },
  onFailure: 'park',
};
