import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type TestDatabase, testDatabase } from '@tiketi/local/parts/test-postgres.js';
import { eventSamples } from '@tiketi/shared-kernel/contracts/testing/event-samples.js';
import { migrateConsumerTables } from '@tiketi/shared-kernel/event-sourcing/consumers/tables.js';
import { deliverTwice } from '@tiketi/shared-kernel/event-sourcing/consumers/testing/deliver.js';
import { createTape, plainMetadata } from '@tiketi/shared-kernel/event-sourcing/consumers/testing/tape.js';
import type { StoredEvent } from '@tiketi/shared-kernel/event-sourcing/event-store/port.js';
import { createDatabase, runMigrations } from '@tiketi/shared-kernel/service/database.js';
import type { Kysely } from 'kysely';
import { loggedFacts } from './facts.js';
import { bookingLogMigrations } from './migrations.js';
import { bookingLogProjection } from './projection.js';
import type { BookingLogTables } from './schema.js';

const BOOKING = eventSamples.SeatsHeld.reservationId;
const handled = [...bookingLogProjection('x').handles];

let server: TestDatabase;
let db: Kysely<BookingLogTables>;
beforeAll(async () => {
  server = await testDatabase();
  db = createDatabase<BookingLogTables>({ url: server.url, applicationName: 'test', max: 3 });
}, 60_000);
afterAll(async () => {
  await db?.destroy();
  await server?.close();
});

/** Plays groups of events, one delivery each, to a log of its own in `schema`. */
const play = async (schema: string, ...groups: readonly (readonly StoredEvent[])[]) => {
  await runMigrations(db, schema, bookingLogMigrations(schema));
  await migrateConsumerTables(db, schema);
  const consumer = bookingLogProjection(schema);
  for (const events of groups) await deliverTwice({ db, schema, consumer }, events);
  return db.withSchema(schema).selectFrom('entries').selectAll().orderBy('commit_position').execute();
};

const meta = (type: string, correlation: string = BOOKING, actor = { id: 'someone', role: 'user' }) => ({
  ...plainMetadata(type),
  $correlationId: correlation,
  actor,
});

describe('the booking log', () => {
  it('has a line for every event of a booking, whichever stream it is in, and equals a fresh replay', async () => {
    const tape = createTape();
    const log = Object.entries(eventSamples).map(([type, data]) =>
      tape.record(`stream-of-${type}`, type, data, { metadata: meta(type), recordedAt: new Date('2026-05-02T00:00:00.123Z') }),
    );
    const one = await play('one_by_one', ...log.map((event) => [event]));
    expect(one.map(({ type }) => type).sort()).toEqual([...handled].sort());
    expect(new Set(one.map(({ reservation_id }) => reservation_id))).toEqual(new Set([BOOKING]));
    expect(await play('all_at_once', log)).toEqual(one);
  });

  it('tells what is asked of a line', async () => {
    const tape = createTape();
    const program = { id: 'booking-process', role: 'service' };
    const held = tape.record('inventory-1', 'SeatsHeld', eventSamples.SeatsHeld, {
      metadata: meta('SeatsHeld'),
      recordedAt: new Date('2026-05-02T00:00:00.123Z'),
    });
    const points = tape.record('points-1', 'PointsCaptured', eventSamples.PointsCaptured, {
      metadata: { ...meta('PointsCaptured', BOOKING, program), $causationId: held.id },
    });
    const rows = await play('lines', [held, points]);
    expect(rows).toEqual([
      {
        ...{ reservation_id: BOOKING, commit_position: '100', revision: '0', event_id: held.id, stream: 'inventory-1' },
        ...{ type: 'SeatsHeld', recorded_at: new Date('2026-05-02T00:00:00.123Z') },
        ...{ actor_role: 'user', actor_service: null, causation_id: 'cause' },
        facts: {
          ...{ number: 'TK-0123-4567-89AB-C', seats: 1, places: 2, amount: 178_000 },
          until: eventSamples.SeatsHeld.holdUntil,
        },
      },
      expect.objectContaining({
        ...{ reservation_id: BOOKING, type: 'PointsCaptured', stream: 'points-1' },
        ...{ actor_role: 'service', actor_service: 'booking-process', causation_id: held.id },
      }),
    ]);
  });

  it('leaves alone what belongs to no booking, whatever its correlation says', async () => {
    const tape = createTape();
    const strange = ['not an id', 'order-0001', `${BOOKING}0`].map((correlation) =>
      tape.record('points-1', 'PointsHeld', eventSamples.PointsHeld, { metadata: meta('PointsHeld', correlation) }),
    );
    // an event that names its reservation is that booking's, whatever its correlation says
    const named = tape.record('reservation-1', 'ReservationExpired', eventSamples.ReservationExpired, {
      metadata: meta('ReservationExpired', 'elsewhere'),
    });
    expect((await play('strange', [...strange, named])).map(({ type }) => type)).toEqual(['ReservationExpired']);
  });

  it('names no buyer and no payment key', async () => {
    const tape = createTape();
    const log = handled.map((type) =>
      tape.record('s', type, eventSamples[type as keyof typeof eventSamples], { metadata: meta(type) }),
    );
    const text = JSON.stringify(await play('nobody', log));
    expect(text).not.toContain(eventSamples.SeatsHeld.userId);
    expect(text).not.toContain(eventSamples.PaymentConfirmRequested.paymentKey);
    expect(Object.keys(loggedFacts)).toHaveLength(Object.keys(eventSamples).length);
  });
});
