import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type TestDatabase, testDatabase } from '@tiketi/local/parts/test-postgres.js';
import { openProjectionTest, type ProjectionTest } from '@tiketi/shared-kernel/event-sourcing/projections/testing.js';
import { createDatabase } from '@tiketi/shared-kernel/service/database.js';
import type { Kysely } from 'kysely';
import { migrate } from '../migrate.js';
import { details, history, orderId, performanceId, reservationId, showId, userId } from '../testing/history.js';
import { ticketsProjection } from './projection.js';
import type { TicketsTables } from './schema.js';

let server: TestDatabase;
let pool: Kysely<TicketsTables>;
let db: Kysely<TicketsTables>;
let projection: ProjectionTest;

beforeAll(async () => {
  server = await testDatabase();
  pool = createDatabase<TicketsTables>({ url: server.url, applicationName: 'test', max: 3 });
  db = pool.withSchema('tickets');
  await migrate(pool);
  projection = await openProjectionTest({ db: pool, projection: ticketsProjection('tickets') });
}, 60_000);

afterAll(async () => {
  await pool?.destroy();
  await server?.close();
});

const reservation = (name: string) =>
  db.selectFrom('reservations').selectAll().where('id', '=', reservationId(name)).executeTakeFirstOrThrow();

const state = async (name: string) => {
  const { status, payment_status, order_id } = await reservation(name);
  return [status, payment_status, order_id];
};

const hold = (name: string) => projection.deliver(history.held('s', 'p', name, 'kim', ['A-1-1']));

describe('the tickets projection', () => {
  it('knows what a show is called and when it plays', async () => {
    await projection.deliver(
      history.showCreated('s'),
      history.detailsChanged('s', details('renamed')),
      history.scheduled('s', 'p'),
    );
    const show = await db.selectFrom('shows').selectAll().where('id', '=', showId('s')).executeTakeFirstOrThrow();
    expect(show.title).toEqual(details('renamed').title);
    const row = await db.selectFrom('performances').selectAll().where('id', '=', performanceId('p')).executeTakeFirstOrThrow();
    expect(row.starts_at).toEqual(new Date('2026-06-01T10:30:00Z'));
  });

  it('opens a pending reservation from the hold', async () => {
    await projection.deliver(history.held('s', 'p', 'fresh', 'kim', ['A-1-1', '나-1-1']));
    expect(await reservation('fresh')).toMatchObject({
      user_id: userId('kim'),
      status: 'pending',
      payment_status: 'pending',
      order_id: null,
      total_amount: '150000',
      items: [
        { seatId: 'A-1-1', quantity: 1, unitPrice: 90_000, subtotal: 90_000 },
        { seatId: '나-1-1', quantity: 1, unitPrice: 60_000, subtotal: 60_000 },
      ],
    });
  });

  it('follows a purchase to its confirmation, in one batch', async () => {
    await projection.deliver(
      history.held('s', 'p', 'paid', 'kim', ['A-1-1']),
      history.paymentStarted('paid'),
      history.approved('paid'),
      history.confirmed('p', 'paid'),
    );
    expect(await state('paid')).toEqual(['confirmed', 'completed', orderId('paid')]);
    expect((await reservation('paid')).updated_at).toEqual(new Date('2026-05-02T00:01:30Z'));
  });

  it('shows a failed attempt, and the next one as open', async () => {
    await hold('again');
    await projection.deliver(history.paymentStarted('again', 'first'), history.attemptFailed('again', 'first'));
    expect(await state('again')).toEqual(['pending', 'failed', orderId('first')]);
    await projection.deliver(history.paymentStarted('again'), history.attemptFailed('again', 'first'));
    expect(await state('again')).toEqual(['pending', 'pending', orderId('again')]);
  });

  it('shows the refund of a payment that came too late', async () => {
    await hold('late');
    await projection.deliver(history.paymentStarted('late'), history.expired('p', 'late'), history.approved('late'));
    expect(await state('late')).toEqual(['expired', 'completed', orderId('late')]);
    await projection.deliver(history.refunded('late'));
    expect(await state('late')).toEqual(['expired', 'refunded', orderId('late')]);
  });

  it('closes cancelled and expired reservations', async () => {
    await hold('dropped');
    await hold('forgotten');
    await projection.deliver(history.cancelled('p', 'dropped'), history.expired('p', 'forgotten'));
    expect([await state('dropped'), await state('forgotten')]).toEqual([
      ['cancelled', 'pending', null],
      ['expired', 'pending', null],
    ]);
  });

  it('keeps many reservations of one batch apart', async () => {
    const names = Array.from({ length: 50 }, (_, i) => `many-${i}`);
    await projection.deliver(
      ...names.flatMap((name) => [history.held('s', 'p', name, 'lee', ['A-1-1']), history.paymentStarted(name)]),
      ...names.filter((_, i) => i % 2 === 0).map((name) => history.confirmed('p', name)),
    );
    const rows = await db.selectFrom('reservations').selectAll().where('user_id', '=', userId('lee')).execute();
    const wanted = names.map((name, i) => [reservationId(name), i % 2 === 0 ? 'confirmed' : 'pending', orderId(name)]);
    expect(rows.map(({ id, status, order_id }) => [id, status, order_id]).sort()).toEqual(wanted.sort());
  });

  it('lets odd facts pass: events of reservations nobody held', async () => {
    await projection.deliver(history.confirmed('p', 'nobody'), history.refunded('nobody'), history.paymentStarted('nobody'));
    expect(await db.selectFrom('reservations').selectAll().where('id', '=', reservationId('nobody')).execute()).toEqual([]);
  });

  it('has had every handler reached', () => expect(projection.unreached()).toEqual([]));
});
