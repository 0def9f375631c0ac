import { effectHandlers, isPaymentOutage, leaseOf } from '@tiketi/reservation/booking-process/handlers.js';
import { BookingsBehindError } from '@tiketi/reservation/bookings.js';
import { internalRoutes } from '@tiketi/reservation/internal-routes.js';
import { createInventories } from '@tiketi/reservation/inventory/inventories.js';
import { inventory } from '@tiketi/reservation/inventory/inventory.js';
import { createCancellations } from '@tiketi/reservation/reservation/cancellations.js';
import type { HeldSeats } from '@tiketi/reservation/reservation/opening.js';
import { createReservations } from '@tiketi/reservation/reservation/reservations.js';
import { createReserve } from '@tiketi/reservation/reserve.js';
import { inventoryEvents } from '@tiketi/shared-kernel/contracts/events/inventory.js';
import { DEFAULT_REFUND_POLICY } from '@tiketi/shared-kernel/contracts/events/refund-policy.js';
import type { PerformanceId } from '@tiketi/shared-kernel/contracts/ids.js';
import type { Instant } from '@tiketi/shared-kernel/contracts/time.js';
import { createCodec } from '@tiketi/shared-kernel/event-sourcing/codec.js';
import { createSerialWriters } from '@tiketi/shared-kernel/event-sourcing/serial-writer/serial-writers.js';
import type { ServiceClient } from '@tiketi/shared-kernel/service/service-client.js';
import { createBookingConsumer, type Tables } from './booking-consumer.js';
import type { Ground } from './ground.js';
import type { Life } from './lives.js';
import { seamedStore } from './seamed-store.js';
import type { Around } from './seams.js';
import { answersOf } from './wire.js';
import { createWorker } from './worker.js';

export const TIMING = {
  resolveAfterMs: 65_000,
  graceMs: 2000,
  askAgainMs: 10_000,
  payWithinMs: 90_000,
  providerTimeoutMs: 60_000,
};

type Ports = {
  readonly ground: Ground;
  readonly tables: Tables;
  readonly performanceId: PerformanceId;
  readonly startsAt: Instant;
  readonly payments: (around: Around) => ServiceClient;
};

/** The reservation service put together as its main does, over a store in memory and rows in memory. */
export const bootReservation =
  ({ ground, tables, performanceId, startsAt, payments }: Ports) =>
  (life: Life) => {
    const { turns, logger, noted } = ground;
    const { clock } = turns;
    const around = ground.seams.around(life);
    const store = seamedStore(ground.store, around, false);
    const recent = new Map<string, HeldSeats>();

    const bookings = {
      find: async (id: string): Promise<HeldSeats | undefined> => {
        const known = () => recent.get(id) ?? tables.bookings.get(id);
        const head = ground.store.log.events.length;
        if (known() !== undefined) return known();
        if (!(await turns.until(() => !life.alive() || tables.position >= head, 2000))) throw new BookingsBehindError('behind');
        return known();
      },
      remember: (held: HeldSeats) => void recent.set(held.reservationId, held),
    };
    const timer = { now: clock, after: turns.after };
    const writers = createSerialWriters({
      store: seamedStore(ground.store, around, true),
      codec: createCodec(inventoryEvents),
      aggregate: inventory,
      clock: timer,
    });
    // of no further use to a dead process but that it would go on sweeping
    life.onDeath(() => void writers.close());
    const inventories = createInventories(writers);
    const reservations = createReservations({ store, bookings, clock });
    const terms = async () => ({ policy: DEFAULT_REFUND_POLICY, startsAt });
    const cancellations = createCancellations({ reservations, bookings, terms, clock });

    const paymentTimeoutMs = TIMING.resolveAfterMs + 5000;
    const handlers = effectHandlers({
      ...{ inventories, reservations, bookings, payments: payments(around), clock, paymentTimeoutMs },
      askAgainMs: TIMING.askAgainMs,
    });
    const { rows } = tables;
    turns.add(
      createBookingConsumer({ life, around, store: ground.store, tables, timing: TIMING, performanceId, batch: ground.batch }),
    );
    turns.add(
      createWorker({
        ...{ life, around, turns, rows, handlers, settlesFirst: ground.settlesFirst },
        leaseMs: leaseOf(paymentTimeoutMs),
        isOutage: isPaymentOutage,
        failed: ({ id }, error) => noted(`effect ${id}`, error),
      }),
    );

    return {
      reserve: createReserve({ inventories, bookings, checkEntry: async () => ({ kind: 'none' }), clock }),
      cancellations,
      answer: answersOf(
        internalRoutes({
          ...{ reservations, cancellations, serviceToken: 'unused', payWithinMs: TIMING.payWithinMs },
          ...{ logger, observeStep: () => undefined },
        }),
        (error) => noted('reservation answers 500', error),
      ),
      close: () => writers.close(),
    };
  };

export type ReservationSide = ReturnType<ReturnType<typeof bootReservation>>;
