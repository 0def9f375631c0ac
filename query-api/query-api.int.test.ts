import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type TestDatabase, testDatabase } from '@tiketi/local/parts/test-postgres.js';
import { until } from '@tiketi/local/parts/until.js';
import { bookingLogProjection } from '@tiketi/projectors/booking-log/projection.js';
import type { BookingLogTables } from '@tiketi/projectors/booking-log/schema.js';
import { catalogProjection } from '@tiketi/projectors/catalog/projection.js';
import type { CatalogTables } from '@tiketi/projectors/catalog/schema.js';
import { CONSUMERS_SCHEMA, migrate } from '@tiketi/projectors/migrate.js';
import { history, performanceId, reservationId, showId, ticketType, userId } from '@tiketi/projectors/testing/history.js';
import { ticketsProjection } from '@tiketi/projectors/tickets/projection.js';
import type { TicketsTables } from '@tiketi/projectors/tickets/schema.js';
import { DEFAULT_REFUND_POLICY, RefundPolicy } from '@tiketi/shared-kernel/contracts/events/refund-policy.js';
import { BookingLog } from '@tiketi/shared-kernel/contracts/http/operations.js';
import { ReservationList, ReservationView } from '@tiketi/shared-kernel/contracts/http/reservations.js';
import {
  SeatLayoutList,
  SeatList,
  SeatMap,
  SeatStatus,
  ShowDetail,
  ShowList,
  TicketTypeList,
} from '@tiketi/shared-kernel/contracts/http/shows.js';
import { Won } from '@tiketi/shared-kernel/contracts/money.js';
import { Instant } from '@tiketi/shared-kernel/contracts/time.js';
import { createPositionWait } from '@tiketi/shared-kernel/event-sourcing/consumers/position-wait.js';
import { type RunningConsumers, startConsumers } from '@tiketi/shared-kernel/event-sourcing/consumers/runtime.js';
import { plainMetadata, type TestEvent } from '@tiketi/shared-kernel/event-sourcing/consumers/testing/tape.js';
import { createModelStore } from '@tiketi/shared-kernel/event-sourcing/testing/model-store.js';
import { createAuthenticator } from '@tiketi/shared-kernel/service/authenticate.js';
import { createDatabase } from '@tiketi/shared-kernel/service/database.js';
import { createMetrics } from '@tiketi/shared-kernel/service/metrics.js';
import { createRateLimits } from '@tiketi/shared-kernel/service/rate-limit.js';
import { recordingLogger } from '@tiketi/shared-kernel/service/testing/recording-logger.js';
import { type Served, serve } from '@tiketi/shared-kernel/service/testing/serve.js';
import { testIssuer } from '@tiketi/shared-kernel/service/testing/test-issuer.js';
import type { Kysely } from 'kysely';
import type { z } from 'zod';
import { createApp } from './app.js';

const issuer = testIssuer();
const store = createModelStore();
const clock = { now: Date.parse('2026-05-10T00:00:00Z') };
const { logger } = recordingLogger();

let server: TestDatabase;
let db: Kysely<unknown>;
let projectors: RunningConsumers;
let served: Served;

const appOver = (database: Kysely<unknown>) =>
  createApp({
    catalog: database.withTables<CatalogTables>(),
    tickets: database.withTables<TicketsTables>(),
    catalogReaches: createPositionWait({ db: database, schema: CONSUMERS_SCHEMA, name: 'catalog' }),
    ticketsReach: createPositionWait({ db: database, schema: CONSUMERS_SCHEMA, name: 'tickets' }),
    bookingLogs: database.withTables<BookingLogTables>(),
    bookingLogReaches: createPositionWait({ db: database, schema: CONSUMERS_SCHEMA, name: 'booking_log' }),
    authenticator: createAuthenticator({ keys: issuer.keys }),
    limits: createRateLimits({ profile: { name: 'off', perMinute: 'off' }, scope: 'test' }),
    logger,
    metrics: createMetrics('query-api'),
    now: () => clock.now,
  });

/** Appends to the log and tells the commit position of the last. */
const append = async (...events: (TestEvent & { readonly stream: string })[]): Promise<string> => {
  let commit = 0n;
  for (const { stream, type, data } of events) {
    const length = BigInt(store.log.stream(stream).length);
    const attempt = { id: randomUUID(), type, data, metadata: plainMetadata(type) };
    const outcome = await store.append({ stream, expected: length === 0n ? 'no_stream' : length - 1n, events: [attempt] });
    if (outcome.kind !== 'appended') throw new Error(`${type}: ${outcome.kind}`);
    commit = outcome.position.commit;
  }
  return commit.toString();
};

/** Appends and waits until both projections show it. */
const tell = async (...events: (TestEvent & { readonly stream: string })[]): Promise<string> => {
  const position = await append(...events);
  for (const name of ['catalog', 'tickets', 'booking_log']) {
    if (!(await projectors.waitFor(name, BigInt(position), 10_000))) throw new Error(`${name} does not catch up`);
  }
  return position;
};

type Asked = { readonly token?: string; readonly etag?: string };
const ask = (path: string, { token, etag }: Asked = {}): Promise<Response> =>
  fetch(`${served.url}${path}`, {
    headers: {
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      ...(etag === undefined ? {} : { 'if-none-match': etag }),
    },
  });

const read = async <S extends z.ZodType>(schema: S, path: string, asked: Asked = {}): Promise<z.infer<S>> => {
  const response = await ask(path, asked);
  const text = await response.text();
  if (response.status !== 200) throw new Error(`${path}: ${response.status} ${text}`);
  return schema.parse(JSON.parse(text));
};

const refusal = async (path: string, asked: Asked = {}): Promise<unknown[]> => {
  const response = await ask(path, asked);
  const { code } = (await response.json()) as { code: string };
  return [response.status, code];
};

beforeAll(async () => {
  server = await testDatabase();
  db = createDatabase<unknown>({ url: server.url, applicationName: 'test', max: 8 });
  await migrate(db);
  const consumers = [catalogProjection('catalog'), ticketsProjection('tickets'), bookingLogProjection('booking_log')];
  projectors = startConsumers({ store, db, schema: CONSUMERS_SCHEMA, consumers, logger });
  served = await serve(appOver(db));
  const past = { saleStartAt: history.held('', '', '', '', ['A-1-1']).data.heldAt };
  await tell(
    history.layoutDefined('alpha'),
    history.layoutDefined('beta'),
    history.showCreated('play', { category: 'theatre' }),
    history.scheduled('play', 'play-1', '2026-06-10T10:00:00Z'),
    history.opened('play', 'play-1'),
    history.scheduled('play', 'play-2', '2026-06-11T10:00:00Z'),
    history.opened('play', 'play-2'),
    history.showCreated('gig', { category: 'concert', title: { ko: '100% 콘서트', en: '100% gig' } }),
    history.scheduled('gig', 'gig', '2026-06-05T10:00:00Z'),
    history.opened('gig', 'gig'),
    history.showCreated('match', { category: 'sports' }, past),
    history.showCreated('dropped', { category: 'musical' }),
    history.scheduled('dropped', 'dropped', '2026-06-20T10:00:00Z'),
    history.showCancelled('dropped'),
  );
}, 60_000);

afterAll(async () => {
  await served?.close();
  await projectors?.stop();
  await db?.destroy();
  await server?.close();
});

const idsOf = (list: z.infer<typeof ShowList>) => list.items.map(({ id }) => id);

describe('the list of shows', () => {
  it('has each show with its performances, dates, prices and seats', async () => {
    const { items } = await read(ShowList, '/api/events?category=theatre');
    expect(items).toHaveLength(1);
    expect(items[0]).toMatchObject({
      id: showId('play'),
      status: 'on_sale',
      eventDate: '2026-06-10T10:00:00.000Z',
      minPrice: 60_000,
      maxPrice: 90_000,
      totalSeats: 16,
      availableSeats: 16,
      performances: [
        {
          id: performanceId('play-1'),
          startsAt: '2026-06-10T10:00:00.000Z',
          status: 'on_sale',
          totalSeats: 8,
          availableSeats: 8,
        },
        { id: performanceId('play-2') },
      ],
    });
  });

  it('sorts by date, those without one last, and by the other keys, both ways', async () => {
    const byDate = [showId('gig'), showId('play'), showId('dropped'), showId('match')];
    expect(idsOf(await read(ShowList, '/api/events'))).toEqual(byDate);
    expect(idsOf(await read(ShowList, '/api/events?sort=-eventDate'))).toEqual([...byDate].reverse());
    expect(idsOf(await read(ShowList, '/api/events?sort=-saleStartDate'))[0]).toBe(showId('match'));
  });

  it('is paged by key: every show once, whatever the sort', async () => {
    for (const sort of ['eventDate', '-eventDate', 'saleStartDate', '-saleStartDate', 'createdAt', '-createdAt']) {
      const whole = idsOf(await read(ShowList, `/api/events?sort=${sort}`));
      const paged: string[] = [];
      let cursor: string | null = '';
      while (cursor !== null) {
        const page: z.infer<typeof ShowList> = await read(
          ShowList,
          `/api/events?sort=${sort}&limit=1${cursor && `&cursor=${cursor}`}`,
        );
        paged.push(...idsOf(page));
        cursor = page.nextCursor;
      }
      expect(paged).toEqual(whole);
    }
  });

  it('finds part of a text in either language, taking wildcards literally', async () => {
    expect(idsOf(await read(ShowList, `/api/events?q=${encodeURIComponent('100% 콘')}`))).toEqual([showId('gig')]);
    expect(idsOf(await read(ShowList, '/api/events?q=100%25%20GIG'))).toEqual([showId('gig')]);
    expect(idsOf(await read(ShowList, '/api/events?q=1%25t'))).toEqual([]);
    expect(idsOf(await read(ShowList, '/api/events?q=p_ay'))).toEqual([]);
  });

  it('filters by status', async () => {
    expect(idsOf(await read(ShowList, '/api/events?status=cancelled'))).toEqual([showId('dropped')]);
    expect(idsOf(await read(ShowList, '/api/events?status=upcoming'))).toEqual([showId('match')]);
  });

  it.each([
    'status=open',
    'limit=0',
    'limit=101',
    'limit=1e1',
    'sort=price',
    'page=2',
    'q=',
    'q=a%00',
    'status=ended&status=ended',
    'position=x',
  ])('refuses ?%s', async (query) => expect(await refusal(`/api/events?${query}`)).toEqual([400, 'VALIDATION_FAILED']));

  it('refuses a cursor it did not give, or gave for another sort', async () => {
    const { nextCursor } = await read(ShowList, '/api/events?limit=1');
    expect(await refusal('/api/events?cursor=nonsense')).toEqual([400, 'CURSOR_INVALID']);
    expect(await refusal(`/api/events?sort=-eventDate&cursor=${nextCursor}`)).toEqual([400, 'CURSOR_INVALID']);
  });
});

describe('a show', () => {
  const status = async (name: string) => (await read(ShowDetail, `/api/events/${showId(name)}?position=0`)).status;

  it('has its details', async () => {
    const detail = await read(ShowDetail, `/api/events/${showId('gig')}`);
    expect(detail).toMatchObject({
      description: { en: 'A description' },
      maxSeatsPerBuyer: 4,
      createdAt: '2026-04-02T00:00:00.000Z',
    });
  });

  it('opens and closes by the clock alone', async () => {
    const before = clock.now;
    const seen = [];
    for (const time of ['2026-04-30T23:59:59Z', '2026-05-01T00:00:00Z', '2026-06-01T00:00:00Z']) {
      clock.now = Date.parse(time);
      seen.push(await status('gig'));
    }
    clock.now = before;
    expect(seen).toEqual(['upcoming', 'on_sale', 'ended']);
  });

  it('sells out and comes back', async () => {
    await tell(history.showCreated('tiny'), history.scheduled('tiny', 'tiny'), history.opened('tiny', 'tiny'));
    const all = ['A-1-1', 'A-1-2', 'A-1-3', 'A-2-1', 'A-2-2', 'A-2-3', '나-1-1', '나-1-2'];
    await tell(history.held('tiny', 'tiny', 'everything', 'han', all));
    expect(await status('tiny')).toBe('sold_out');
    await tell(history.released('tiny', 'everything'));
    expect(await status('tiny')).toBe('on_sale');
  });

  it('that does not exist is not found', async () => {
    expect(await refusal(`/api/events/${randomUUID()}`)).toEqual([404, 'SHOW_NOT_FOUND']);
    expect(await refusal('/api/events/1%20or%201')).toEqual([404, 'SHOW_NOT_FOUND']);
  });

  it('is not sent again to who has it', async () => {
    const path = `/api/events/${showId('gig')}`;
    const first = await ask(path);
    const etag = first.headers.get('etag') ?? '';
    expect(first.headers.get('cache-control')).toContain('must-revalidate');
    expect((await ask(path, { etag })).status).toBe(304);
    expect((await ask(path, { etag: '"other"' })).status).toBe(200);
  });
});

describe('the seats of a performance', () => {
  const bitsOf = (status: z.infer<typeof SeatStatus>): string =>
    [...Buffer.from(status.status, 'base64')].flatMap((byte) => [0, 2, 4, 6].map((shift) => (byte >> shift) & 3)).join('');

  it('have a map that never changes under its version', async () => {
    const path = `/api/performances/${performanceId('gig')}/seatmap`;
    const named = await ask(`${path}?version=0`);
    expect(named.headers.get('cache-control')).toContain('immutable');
    const response = await ask(path);
    expect(response.headers.get('cache-control')).toContain('must-revalidate');
    const map = SeatMap.parse(await response.json());
    expect([map.version, map]).toEqual(['0', await named.json()]);
    expect(map.sections.map(({ section, firstIndex, price }) => [section, firstIndex, price])).toEqual([
      ['A', 0, 90_000],
      ['나', 6, 60_000],
    ]);
    const etag = response.headers.get('etag') ?? '';
    expect((await ask(path, { etag })).status).toBe(304);
  });

  it('have another map once sections are added or prices change, told by the status', async () => {
    const path = `/api/performances/${performanceId('grown')}`;
    await tell(history.showCreated('grown'), history.scheduled('grown', 'grown'), history.opened('grown', 'grown'));
    const before = await ask(`${path}/seatmap`);
    const more = { section: 'C', rows: 1, seatsPerRow: 3, grade: 'R', price: Won.parse(20_000) };
    const position = await append(
      history.sectionsAdded('grown', [more]),
      history.blocked('grown', ['C-1-2']),
      history.pricesChanged('grown', { A: 99_000 }),
    );
    const status = await read(SeatStatus, `${path}/seat-status?position=${position}`);
    expect(status).toMatchObject({ version: '3', mapVersion: '3', totalSeats: 11, available: 10, blocked: 1 });
    expect(bitsOf(status).slice(0, 11)).toBe('00000000030');
    const after = await ask(`${path}/seatmap?position=${position}`, { etag: before.headers.get('etag') ?? '' });
    const map = SeatMap.parse(await after.json());
    expect(map.sections.map(({ section, firstIndex, price }) => [section, firstIndex, price])).toEqual([
      ['A', 0, 99_000],
      ['나', 6, 60_000],
      ['C', 8, 20_000],
    ]);
    expect((await ask(`${path}/seatmap?version=2`)).headers.get('cache-control')).toContain('must-revalidate');
    const seats = await read(SeatList, `/api/events/${showId('grown')}/seats?section=C&position=0`);
    expect(seats.items.map(({ status: s }) => s)).toEqual(['available', 'reserved', 'available']);
  });

  it('have a status whose version is the inventory revision', async () => {
    const path = `/api/performances/${performanceId('gig')}/seat-status`;
    const before = await ask(path);
    expect(SeatStatus.parse(await before.json())).toMatchObject({ version: '0', available: 8 });
    const position = await append(
      history.held('gig', 'gig', 'status-1', 'han', ['A-1-2']),
      history.held('gig', 'gig', 'status-2', 'lee', ['나-1-1']),
    );
    const after = await ask(`${path}?position=${position}`, { etag: before.headers.get('etag') ?? '' });
    const status = SeatStatus.parse(await after.json());
    expect(status).toMatchObject({ version: '2', totalSeats: 8, available: 6, held: 2, sold: 0 });
    expect(bitsOf(status)).toBe('01000010');
  });

  it('are at most a moment old without a position', async () => {
    const path = `/api/performances/${performanceId('gig')}/seat-status`;
    await read(SeatStatus, path);
    await tell(history.sold('gig', 'status-1'));
    const begun = performance.now();
    await until(async () => (await read(SeatStatus, path)).sold === 1, { deadline: 5000, every: 10, what: 'the sold seat' });
    expect(performance.now() - begun).toBeLessThan(1000);
  });

  it('are listed in words, page by page', async () => {
    const path = `/api/events/${showId('gig')}/seats`;
    const first = await read(SeatList, `${path}?limit=5&position=0`);
    expect(first.items.map(({ id, status }) => [id, status]).slice(0, 2)).toEqual([
      ['A-1-1', 'available'],
      ['A-1-2', 'reserved'],
    ]);
    const rest = await read(SeatList, `${path}?limit=5&cursor=${first.nextCursor}&position=0`);
    expect(rest.items.map(({ id, rowNumber, seatNumber, status }) => [id, rowNumber, seatNumber, status])).toEqual([
      ['A-2-3', 2, 3, 'available'],
      ['나-1-1', 1, 1, 'locked'],
      ['나-1-2', 1, 2, 'available'],
    ]);
    expect(rest.nextCursor).toBeNull();
    const section = await read(SeatList, `${path}?section=${encodeURIComponent('나')}&limit=2&position=0`);
    expect([section.items.length, section.nextCursor]).toEqual([2, null]);
  });

  it('soon need the performance named where there are more now, however often they are asked for', async () => {
    await tell(history.showCreated('duo', { category: 'concert' }), history.scheduled('duo', 'duo-1', '2026-06-10T10:00:00Z'));
    await tell(history.opened('duo', 'duo-1'));
    const path = `/api/events/${showId('duo')}/seats`;
    await read(SeatList, `${path}?position=0`);
    await read(SeatList, path);
    await tell(history.scheduled('duo', 'duo-2', '2026-06-11T10:00:00Z'));
    // asked more often than answers grow old
    const statusNow = async () => (await ask(path)).status;
    await until(async () => (await statusNow()) === 400, { deadline: 5000, every: 10, what: 'the answer to follow' });
  });

  it('need the performance named where there are several', async () => {
    const path = `/api/events/${showId('play')}/seats`;
    expect(await refusal(path)).toEqual([400, 'PERFORMANCE_REQUIRED']);
    expect((await read(SeatList, `${path}?performanceId=${performanceId('play-2')}`)).performanceId).toBe(
      performanceId('play-2'),
    );
    const older = await read(SeatList, `/api/seats/event/${showId('play')}?performanceId=${performanceId('play-2')}`);
    expect(older.performanceId).toBe(performanceId('play-2'));
    expect(await refusal(`${path}?performanceId=${performanceId('gig')}`)).toEqual([404, 'PERFORMANCE_NOT_FOUND']);
    expect(await refusal(`/api/events/${showId('match')}/seats`)).toEqual([404, 'PERFORMANCE_NOT_FOUND']);
    expect(await refusal(`/api/events/${randomUUID()}/seats`)).toEqual([404, 'SHOW_NOT_FOUND']);
  });

  it('of no performance are not found', async () => {
    expect(await refusal(`/api/performances/${randomUUID()}/seatmap`)).toEqual([404, 'PERFORMANCE_NOT_FOUND']);
    expect(await refusal(`/api/performances/${randomUUID()}/seat-status`)).toEqual([404, 'PERFORMANCE_NOT_FOUND']);
    expect(await refusal('/api/performances/x/seat-status')).toEqual([404, 'PERFORMANCE_NOT_FOUND']);
  });
});

describe('ticket types', () => {
  const path = (show: string, query = '') => `/api/tickets/event/${showId(show)}${query}`;
  const types = [ticketType('floor', 3), ticketType('lawn', 2, 30_000)];

  it('are listed with what is left, and sell a performance out without seats', async () => {
    await tell(
      history.showCreated('lawn'),
      history.scheduledStanding('lawn', 'lawn', types),
      history.opened('lawn', 'lawn', types),
    );
    expect((await read(SeatMap, `/api/performances/${performanceId('lawn')}/seatmap`)).sections).toEqual([]);
    await tell(history.held('lawn', 'lawn', 'l1', 'han', [], undefined, { floor: 2 }));
    const { items, version } = await read(TicketTypeList, `${path('lawn')}?position=0`);
    expect(version).toBe('1');
    expect(
      items.map(({ name, price, totalQuantity, availableQuantity }) => [name, price, totalQuantity, availableQuantity]),
    ).toEqual([
      ['floor', 44_000, 3, 1],
      ['lawn', 30_000, 2, 2],
    ]);
    const detail = () => read(ShowDetail, `/api/events/${showId('lawn')}?position=0`);
    expect(await detail()).toMatchObject({
      minPrice: 30_000,
      maxPrice: 44_000,
      totalSeats: 5,
      availableSeats: 3,
      status: 'on_sale',
    });
    await tell(history.held('lawn', 'lawn', 'l2', 'lee', [], undefined, { floor: 1, lawn: 2 }));
    expect(await detail()).toMatchObject({ availableSeats: 0, status: 'sold_out' });
  });

  it('need the performance named where there are several', async () => {
    expect(await refusal(path('play'))).toEqual([400, 'PERFORMANCE_REQUIRED']);
    expect(await read(TicketTypeList, path('play', `?performanceId=${performanceId('play-2')}`))).toMatchObject({ items: [] });
    expect(await refusal(path('play', `?performanceId=${performanceId('gig')}`))).toEqual([404, 'PERFORMANCE_NOT_FOUND']);
    expect(await refusal(`/api/tickets/event/${randomUUID()}`)).toEqual([404, 'SHOW_NOT_FOUND']);
    expect(await refusal('/api/tickets/event/x')).toEqual([404, 'SHOW_NOT_FOUND']);
    expect(await refusal(path('play', '?performance=x'))).toEqual([400, 'VALIDATION_FAILED']);
  });
});

describe('the status of sales', () => {
  const statusesOf = async (show: string) => {
    const { status, performances } = await read(ShowDetail, `/api/events/${showId(show)}?position=0`);
    return [status, ...performances.map((performance) => performance.status)];
  };

  it('is ended while an organiser keeps them closed', async () => {
    await tell(history.showCreated('shut'), history.scheduled('shut', 'shut'), history.opened('shut', 'shut'));
    await tell(history.salesClosed('shut'));
    expect(await statusesOf('shut')).toEqual(['ended', 'ended']);
    await tell(history.salesReopened('shut'));
    expect(await statusesOf('shut')).toEqual(['on_sale', 'on_sale']);
  });

  it('is cancelled for what was still to come when the show was', async () => {
    await tell(
      history.showCreated('half'),
      history.scheduled('half', 'half-1', '2026-05-08T10:00:00Z', { saleEndAt: Instant.parse('2026-05-08T10:00:00Z') }),
      history.scheduled('half', 'half-2', '2026-05-20T10:00:00Z', { saleEndAt: Instant.parse('2026-05-20T10:00:00Z') }),
      history.showCancelled('half', '2026-05-09'),
    );
    expect(await statusesOf('half')).toEqual(['cancelled', 'ended', 'cancelled']);
  });
});

describe('the refund policy of a show', () => {
  const path = (query = '') => `/api/events/${showId('strict')}/refund-policy${query}`;

  it('is the default, then the last one set, and each version there ever was', async () => {
    await tell(history.showCreated('strict'));
    expect(await read(RefundPolicy, path())).toEqual(DEFAULT_REFUND_POLICY);
    const position = await append(history.policySet('strict', 2), history.policySet('strict', 3));
    expect(await read(RefundPolicy, path(`?position=${position}`))).toMatchObject({ version: 3, coolingOffHours: 3 });
    expect(await read(RefundPolicy, path('?version=2'))).toMatchObject({ version: 2, coolingOffHours: 2 });
    expect(await read(RefundPolicy, path('?version=1'))).toEqual(DEFAULT_REFUND_POLICY);
  });

  it('is not there for another version or another show', async () => {
    const missing = [404, 'REFUND_POLICY_NOT_FOUND'];
    expect(await refusal(path('?version=4'))).toEqual(missing);
    expect(await refusal(`/api/events/${randomUUID()}/refund-policy`)).toEqual(missing);
    expect(await refusal('/api/events/x/refund-policy')).toEqual([404, 'SHOW_NOT_FOUND']);
    expect(await refusal(path('?version=0'))).toEqual([400, 'VALIDATION_FAILED']);
  });
});

describe('seat layouts', () => {
  it('are listed by name, page by page', async () => {
    const first = await read(SeatLayoutList, '/api/seat-layouts?limit=1');
    expect(first.items[0]).toMatchObject({
      name: 'alpha',
      totalSeats: 8,
      layoutConfig: { sections: [{ section: 'A' }, { section: '나' }] },
    });
    const rest = await read(SeatLayoutList, `/api/seat-layouts?limit=1&cursor=${first.nextCursor}`);
    expect([rest.items[0]?.name, rest.nextCursor]).toEqual(['beta', null]);
  });
});

describe('reservations', () => {
  const kim = issuer.token('user', userId('kim'));
  const lee = issuer.token('user', userId('lee'));
  const names = ['mine-1', 'mine-2', 'mine-3', 'mine-4'];

  beforeAll(async () => {
    // two of one instant, so that the page break falls between equals
    const times = ['2026-05-02T00:00:00Z', '2026-05-02T00:00:01Z', '2026-05-02T00:00:01Z', '2026-05-02T00:00:02Z'];
    const held = names.map((name, i) => history.held('play', 'play-1', name, 'kim', [`A-1-${(i % 3) + 1}`], times[i]));
    await tell(...held, history.paymentStarted('mine-1'), history.confirmed('play-1', 'mine-1'));
  });

  it('show their buyer what became of them', async () => {
    const one = await read(ReservationView, `/api/reservations/${reservationId('mine-1')}`, { token: kim });
    expect(one).toMatchObject({
      status: 'confirmed',
      paymentStatus: 'completed',
      orderId: 'order-mine-1',
      totalAmount: 90_000,
      cancelCause: null,
      refundedAmount: 0,
      items: [{ seatId: 'A-1-1', ticketTypeId: null, quantity: 1, unitPrice: 90_000, subtotal: 90_000 }],
      event: { title: { en: 'play show' }, startsAt: '2026-06-10T10:00:00.000Z' },
    });
  });

  it('show what was given back', async () => {
    const token = issuer.token('user', userId('park'));
    const position = await append(
      history.held('play', 'play-1', 'back', 'park', ['A-2-1'], undefined, { floor: 1 }),
      history.paymentStarted('back'),
      history.confirmed('play-1', 'back'),
      history.cancelled('play-1', 'back', 'buyer', { amount: 100_000, fee: 34_000 }),
      history.refunded('back', 90_000, 10_000),
    );
    const one = await read(ReservationView, `/api/reservations/${reservationId('back')}?position=${position}`, { token });
    expect(one).toMatchObject({ status: 'cancelled', cancelCause: 'buyer', paymentStatus: 'refunded', refundedAmount: 100_000 });
    expect(one.items.map(({ ticketTypeId, subtotal }) => [ticketTypeId === null, subtotal])).toEqual([
      [true, 90_000],
      [false, 44_000],
    ]);
  });

  it('are listed newest first, page by page, each once', async () => {
    const whole = await read(ReservationList, '/api/reservations/my', { token: kim });
    expect(whole.items.map(({ createdAt }) => createdAt)).toEqual(
      whole.items
        .map(({ createdAt }) => createdAt)
        .sort()
        .reverse(),
    );
    const paged: string[] = [];
    let cursor: string | null = '';
    while (cursor !== null) {
      const path: string = `/api/reservations/my?limit=1${cursor && `&cursor=${cursor}`}`;
      const page: z.infer<typeof ReservationList> = await read(ReservationList, path, { token: kim });
      paged.push(...page.items.map(({ id }) => id));
      cursor = page.nextCursor;
    }
    expect(paged).toEqual(whole.items.map(({ id }) => id));
    expect([...paged].sort()).toEqual(names.map(reservationId).sort());
  });

  it('can be narrowed to a status', async () => {
    const { items } = await read(ReservationList, '/api/reservations/my?status=confirmed', { token: kim });
    expect(items.map(({ id }) => id)).toEqual([reservationId('mine-1')]);
  });

  it('are not there for anyone else, whatever they try', async () => {
    for (const token of [lee, issuer.token('user'), issuer.token('admin')]) {
      const foreign = await refusal(`/api/reservations/${reservationId('mine-1')}`, { token });
      const absent = await refusal(`/api/reservations/${randomUUID()}`, { token });
      expect([foreign, absent]).toEqual([
        [404, 'RESERVATION_NOT_FOUND'],
        [404, 'RESERVATION_NOT_FOUND'],
      ]);
    }
    const { nextCursor } = await read(ReservationList, '/api/reservations/my?limit=1', { token: kim });
    const theirs = await read(ReservationList, `/api/reservations/my?cursor=${nextCursor}`, { token: issuer.token('user') });
    expect(theirs.items).toEqual([]);
    expect(await refusal(`/api/reservations/my?userId=${userId('kim')}`, { token: lee })).toEqual([400, 'VALIDATION_FAILED']);
  });

  it('need a sign-in and are kept by no cache', async () => {
    for (const path of ['/api/reservations/my', `/api/reservations/${reservationId('mine-1')}`]) {
      expect(await refusal(path)).toEqual([401, 'UNAUTHENTICATED']);
      expect((await ask(path, { token: kim })).headers.get('cache-control')).toBe('private, no-store');
      expect(await refusal(path)).toEqual([401, 'UNAUTHENTICATED']);
    }
  });
});

describe('the log of a booking', () => {
  const path = (name: string) => `/api/admin/bookings/${reservationId(name)}/log`;

  it('tells all that happened over its streams, in order and in words', async () => {
    await tell(
      history.held('play', 'play-2', 'told', 'kim', ['나-1-1'], undefined, { floor: 2 }),
      history.paymentStarted('told'),
      history.approved('told'),
      history.confirmed('play-2', 'told'),
      history.sold('play-2', 'told'),
      history.cancelled('play-2', 'told', 'buyer', { amount: 81_000, fee: 9000 }),
      history.refunded('told', 80_000, 1000, 'cancelled'),
    );
    const { reservationId: id, entries } = await read(BookingLog, path('told'), { token: issuer.token('auditor') });
    expect(id).toBe(reservationId('told'));
    expect(entries.map(({ what }) => what)).toEqual([
      expect.stringMatching(/^1 seat and 2 places held for 148,000 won until 2026-05-02T00:10:00Z as TK-/),
      'payment by order order-told started, to be asked for by 2026-05-02T00:02:30Z',
      'order order-told is paid: 90,000 won by card',
      'confirmed, paid by order order-told',
      'what was held is sold by order order-told',
      'cancelled (buyer), 81,000 won to give back, 9,000 won kept',
      'refund cancelled of order order-told given: 80,000 won by card and 1,000 points',
    ]);
    expect(entries.map(({ stream }) => stream.split('-')[0])).toEqual([
      'inventory',
      'reservation',
      'payment',
      'reservation',
      'inventory',
      'reservation',
      'payment',
    ]);
    expect(entries.map(({ position }) => Number(position))).toEqual(
      [...entries.map(({ position }) => Number(position))].sort((a, b) => a - b),
    );
    expect(entries[5]).toMatchObject({ amounts: { amount: 81_000, fee: 9000 }, actor: { role: 'user', service: null } });
    expect(entries[1]).toMatchObject({ type: 'PaymentStarted', revision: '0', amounts: { points: 0 } });
  });

  it('is for staff only: not even for the buyer', async () => {
    for (const role of ['user', 'analyst'] as const) {
      expect(await refusal(path('told'), { token: issuer.token(role, userId('kim')) })).toEqual([403, 'FORBIDDEN']);
    }
    expect(await refusal(path('told'))).toEqual([401, 'UNAUTHENTICATED']);
    for (const role of ['operator', 'auditor', 'admin'] as const) {
      expect((await ask(path('told'), { token: issuer.token(role) })).headers.get('cache-control')).toBe('private, no-store');
      expect(await refusal(path('never'), { token: issuer.token(role) })).toEqual([404, 'RESERVATION_NOT_FOUND']);
    }
    const token = issuer.token('auditor');
    expect(await refusal('/api/admin/bookings/1/log', { token })).toEqual([404, 'RESERVATION_NOT_FOUND']);
    expect(await refusal(`${path('told')}?all=1`, { token })).toEqual([400, 'VALIDATION_FAILED']);
  });
});

describe('reading one’s own write', () => {
  it('waits until the projection shows it', async () => {
    const position = await append(history.held('play', 'play-2', 'own-1', 'han', ['A-1-1']));
    const token = issuer.token('user', userId('han'));
    const response = await ask(`/api/reservations/${reservationId('own-1')}?position=${position}`, { token });
    expect([response.status, response.headers.get('x-tiketi-stale')]).toEqual([200, null]);
  });

  it('answers as stale what does not come in time', async () => {
    const begun = performance.now();
    const far = 10n ** 15n;
    const [list, mine] = await Promise.all([
      ask(`/api/events?position=${far}`),
      ask(`/api/reservations/my?position=${far}`, { token: issuer.token('user') }),
    ]);
    expect([list.status, list.headers.get('x-tiketi-stale')]).toEqual([200, 'true']);
    expect([mine.status, mine.headers.get('x-tiketi-stale')]).toEqual([200, 'true']);
    expect(list.headers.get('cache-control')).toBe('no-store');
    expect(performance.now() - begun).toBeLessThan(4500);
    expect((await ask('/api/events')).headers.get('x-tiketi-stale')).toBeNull();
  });
});

describe('without its database', () => {
  it('says so, and is not ready', async () => {
    const nowhere = createDatabase<unknown>({ url: 'postgres://nobody@127.0.0.1:1/none', applicationName: 'test' });
    const lost = await serve(appOver(nowhere));
    const answers = [];
    for (const path of ['/api/events', `/api/events/${showId('gig')}/seats`, '/ready', '/health']) {
      answers.push((await fetch(`${lost.url}${path}`)).status);
    }
    await lost.close();
    await nowhere.destroy();
    expect(answers).toEqual([503, 503, 503, 200]);
  });
});
