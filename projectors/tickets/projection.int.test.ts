import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type TestDatabase, testDatabase } from '@tiketi/local/parts/test-postgres.js';
import { openProjectionTest, type ProjectionTest } from '@tiketi/shared-kernel/event-sourcing/projections/testing.js';
import { createDatabase, runMigrations } from '@tiketi/shared-kernel/service/database.js';
import type { Kysely } from 'kysely';
import { migrate } from '../migrate.js';
import { details, history, orderId, performanceId, reservationId, showId, ticketTypeId, userId } from '../testing/history.js';
import { ticketsMigrations } from './migrations.js';
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
        { seatId: 'A-1-1', ticketTypeId: null, quantity: 1, unitPrice: 90_000, subtotal: 90_000 },
        { seatId: '나-1-1', ticketTypeId: null, quantity: 1, unitPrice: 60_000, subtotal: 60_000 },
      ],
    });
  });

  it('lists places of ticket types beside seats', async () => {
    await projection.deliver(history.held('s', 'p', 'mixed', 'kim', ['A-1-1'], undefined, { floor: 3 }));
    const { items, total_amount } = await reservation('mixed');
    expect(items).toEqual([
      { seatId: 'A-1-1', ticketTypeId: null, quantity: 1, unitPrice: 90_000, subtotal: 90_000 },
      { seatId: null, ticketTypeId: ticketTypeId('floor'), quantity: 3, unitPrice: 44_000, subtotal: 132_000 },
    ]);
    expect(total_amount).toBe('222000');
  });

  it('waits for a deposit until its due date', async () => {
    await hold('deposit');
    await projection.deliver(history.paymentStarted('deposit'), history.depositAwaited('deposit'));
    expect(await state('deposit')).toEqual(['pending', 'pending', orderId('deposit')]);
    expect((await reservation('deposit')).expires_at).toEqual(new Date('2026-05-03T00:00:00Z'));
    await hold('later');
    await projection.deliver(history.paymentStarted('later'), history.depositAwaited('later', 'earlier'));
    expect((await reservation('later')).expires_at).toEqual(new Date('2026-05-02T00:10:00Z'));
  });

  const refunds = async (name: string) => {
    const { status, payment_status, refunded_amount, cancel_cause } = await reservation(name);
    return [status, cancel_cause, payment_status, Number(refunded_amount)];
  };
  const buy = (name: string) =>
    projection.deliver(
      history.held('s', 'p', name, 'kim', ['A-1-1']),
      history.paymentStarted(name),
      history.approved(name),
      history.confirmed('p', name),
    );

  it('is refunded once all that is due has gone back, card and points', async () => {
    await buy('given-up');
    await projection.deliver(history.cancelled('p', 'given-up', 'buyer', { amount: 81_000, fee: 9000 }));
    expect(await refunds('given-up')).toEqual(['cancelled', 'buyer', 'completed', 0]);
    await projection.deliver(history.refunded('given-up', 50_000, 30_999, 'one'));
    expect(await refunds('given-up')).toEqual(['cancelled', 'buyer', 'completed', 80_999]);
    await projection.deliver(history.refunded('given-up', 0, 1, 'two'));
    expect(await refunds('given-up')).toEqual(['cancelled', 'buyer', 'refunded', 81_000]);
  });

  it('adds up several refunds of one batch', async () => {
    await buy('parts');
    await projection.deliver(
      history.cancelled('p', 'parts', 'show_cancelled', { amount: 90_000, fee: 0 }),
      history.refunded('parts', 40_000, 0, 'one'),
      history.refunded('parts', 40_000, 10_000, 'two'),
    );
    expect(await refunds('parts')).toEqual(['cancelled', 'show_cancelled', 'refunded', 90_000]);
  });

  it('stays paid where only a part was given back, and where a cancellation gives nothing back', async () => {
    await buy('kindness');
    await projection.deliver(history.refunded('kindness', 10_000));
    expect(await refunds('kindness')).toEqual(['confirmed', null, 'completed', 10_000]);
    await buy('too-late');
    await projection.deliver(history.cancelled('p', 'too-late', 'buyer', { amount: 0, fee: 90_000 }));
    expect(await refunds('too-late')).toEqual(['cancelled', 'buyer', 'completed', 0]);
  });

  it('is refunded where the provider gave the money back first', async () => {
    await buy('outside');
    await projection.deliver(
      history.refunded('outside'),
      history.cancelled('p', 'outside', 'refunded_outside', { amount: 90_000, fee: 0 }),
    );
    expect(await refunds('outside')).toEqual(['cancelled', 'refunded_outside', 'refunded', 90_000]);
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

  it('comes to the same rows live, event by event, and in a replay', async () => {
    const facts = [
      history.showCreated('s'),
      history.scheduled('s', 'p'),
      history.held('s', 'p', 'a', 'kim', ['A-1-1'], undefined, { floor: 2 }),
      history.held('s', 'p', 'b', 'lee', ['A-1-2']),
      history.paymentStarted('a', 'first'),
      history.paymentStarted('b'),
      history.attemptFailed('a', 'first'),
      history.depositAwaited('b'),
      history.paymentStarted('a'),
      history.approved('a'),
      history.confirmed('p', 'a'),
      history.refunded('a', 10_000, 0, 'kindness'),
      history.detailsChanged('s', details('renamed')),
      history.cancelled('p', 'a', 'buyer', { amount: 80_000, fee: 10_000 }),
      history.expired('p', 'b'),
      history.refunded('a', 70_000, 0, 'rest'),
      history.approved('b'),
      history.refunded('b'),
    ];
    const rowsOf = async (schema: string, deliver: (test: ProjectionTest) => Promise<void>) => {
      await runMigrations(pool, schema, ticketsMigrations(schema));
      await deliver(await openProjectionTest({ db: pool, projection: ticketsProjection(schema), schema: `${schema}_consumers` }));
      const tables = pool.withSchema(schema);
      return [
        await tables.selectFrom('reservations').selectAll().orderBy('id').execute(),
        await tables.selectFrom('shows').selectAll().execute(),
        await tables.selectFrom('performances').selectAll().execute(),
      ];
    };
    const live = await rowsOf('live', async (test) => {
      for (const fact of facts) await test.deliver(fact);
    });
    expect(await rowsOf('replayed', (test) => test.deliver(...facts))).toEqual(live);
    const known = (live[0] ?? []).map((row) =>
      'payment_status' in row ? [row.status, row.payment_status, row.refunded_amount] : [],
    );
    expect(known.sort()).toEqual([
      ['cancelled', 'refunded', '80000'],
      ['expired', 'refunded', '90000'],
    ]);
  });

  it('has had every handler reached', () => expect(projection.unreached()).toEqual([]));
});
