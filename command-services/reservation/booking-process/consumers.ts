import { inventoryEvents } from '@tiketi/shared-kernel/contracts/events/inventory.js';
import { paymentEvents } from '@tiketi/shared-kernel/contracts/events/payment.js';
import { reservationEvents } from '@tiketi/shared-kernel/contracts/events/reservation.js';
import { type ShowEvent, showEvents } from '@tiketi/shared-kernel/contracts/events/show.js';
import type { PerformanceId } from '@tiketi/shared-kernel/contracts/ids.js';
import type { Instant } from '@tiketi/shared-kernel/contracts/time.js';
import { createCodec, type Recorded } from '@tiketi/shared-kernel/event-sourcing/codec.js';
import type { Consumer } from '@tiketi/shared-kernel/event-sourcing/consumers/consumer.js';
import { addEffects, closeEffects, type NewEffect } from '@tiketi/shared-kernel/event-sourcing/consumers/effects.js';
import { sql, type Transaction } from 'kysely';
import { insertBookings } from '../bookings.js';
import type { ReservationDatabase } from '../database.js';
import { insertPerformances, insertRefundPolicy, performancesAfter } from '../shows.js';
import type { Wanted } from './effects.js';
import { type BookingEvent, bookingRouting, stepOfBatch, type Timing } from './routing.js';

type ShowFact = Extract<ShowEvent, { type: 'PerformanceScheduled' | 'RefundPolicySet' | 'ShowCancelled' }>;

/** The schema of this service: its tables, checkpoints and effect rows. */
export const SCHEMA = 'reservation';

const bookingCodec = createCodec({ ...inventoryEvents, ...reservationEvents, ...paymentEvents });
const { PerformanceScheduled, RefundPolicySet, ShowCancelled } = showEvents;
const showCodec = createCodec({ PerformanceScheduled, RefundPolicySet, ShowCancelled });

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

/**
 * Nobody can hold anything after the sales were cancelled, so every booking there will ever be is in the table by now: each is to be
 * cancelled, those that have ended already without effect.
 */
const cancelBookings = async (
  tx: Transaction<ReservationDatabase>,
  event: Recorded<Extract<BookingEvent, { type: 'SalesCancelled' }>>,
): Promise<void> => {
  const { performanceId, cancelledAt } = event.data;
  await sql`
    insert into ${sql.id(SCHEMA, 'effect')} (id, key, kind, due_at, payload, correlation_id, causation_id)
    select 'cancel-for-show:' || reservation_id, reservation_id::text, 'cancel-for-show', ${cancelledAt}::timestamptz,
      jsonb_build_object('reservationId', reservation_id), reservation_id::text, ${event.id}
    from bookings where held ->> 'performanceId' = ${performanceId}
    on conflict (id) do nothing`.execute(tx);
};

/**
 * Writes bookings, wishes and settled wishes of a batch; the reservation is the unit of order and of parking. `onWanted` hears, before the
 * batch is committed, when each of its effects is due.
 */
export const bookingConsumer = (timing: Timing, onWanted: (dueAt: Date) => void = () => undefined): Consumer => {
  const routing = bookingRouting(timing);
  return {
    name: 'booking',
    codec: bookingCodec,
    handles: new Set(bookingCodec.types),
    keyOf: (event: Recorded<BookingEvent>) => reservationOf(event),
    apply: async (tx: Transaction<ReservationDatabase>, batch: readonly Recorded<BookingEvent>[]) => {
      const { want, settle } = stepOfBatch(routing, batch);
      const wanted = want.map((wish) => rowOf(reservationOf(wish.event), wish.event, wish.wanted));
      const held = batch.flatMap((event) => (event.type === 'SeatsHeld' ? [event.data] : []));
      await insertBookings(tx, held);
      await addEffects(tx, SCHEMA, wanted);
      for (const event of batch) {
        if (event.type !== 'SalesCancelled') continue;
        await cancelBookings(tx, event);
        onWanted(new Date(event.data.cancelledAt));
      }
      await closeEffects(tx, SCHEMA, settle);
      for (const { dueAt } of wanted) onWanted(dueAt);
    },
    onFailure: 'park',
  };
};

/** What a show's own facts ask of its performances' inventories. Effects are kept in order per performance. */
export const showConsumer: Consumer = {
  // its name holds the checkpoint, and was that of its first duty
  name: 'inventory-opening',
  codec: showCodec,
  handles: new Set(showCodec.types),
  keyOf: (event: Recorded<ShowFact>) => event.data.showId,
  apply: async (tx: Transaction<ReservationDatabase>, batch: readonly Recorded<ShowFact>[]) => {
    for (const event of batch) await applyShowFact(tx, event);
  },
  onFailure: 'park',
};

const applyShowFact = async (tx: Transaction<ReservationDatabase>, event: Recorded<ShowFact>): Promise<void> => {
  switch (event.type) {
    case 'PerformanceScheduled': {
      const { data } = event;
      await insertPerformances(tx, [data]);
      const wanted: Wanted = {
        kind: 'open-inventory',
        id: `open-inventory:${data.performanceId}`,
        dueAt: new Date(data.scheduledAt),
        payload: data,
      };
      return addEffects(tx, SCHEMA, [rowOf(data.performanceId, event, wanted)]);
    }
    case 'RefundPolicySet': {
      const { showId, policy, setAt } = event.data;
      await insertRefundPolicy(tx, showId, policy);
      return forEachPerformance(tx, event, setAt, (performanceId) => ({
        kind: 'change-terms',
        id: `change-terms:${performanceId}:${policy.version}`,
        dueAt: new Date(setAt),
        payload: { performanceId, refundPolicyVersion: policy.version },
      }));
    }
    case 'ShowCancelled': {
      const { cancelledAt } = event.data;
      return forEachPerformance(tx, event, cancelledAt, (performanceId) => ({
        kind: 'cancel-sales',
        id: `cancel-sales:${performanceId}`,
        dueAt: new Date(cancelledAt),
        payload: { performanceId },
      }));
    }
  }
};

/** A performance that has begun is over as far as its show's changes go: what was played is not given back. */
const forEachPerformance = async (
  tx: Transaction<ReservationDatabase>,
  event: Recorded<ShowFact>,
  at: Instant,
  wanted: (performanceId: PerformanceId) => Wanted,
): Promise<void> => {
  const performances = await performancesAfter(tx, event.data.showId, at);
  await addEffects(
    tx,
    SCHEMA,
    performances.map((id) => rowOf(id, event, wanted(id))),
  );
};
