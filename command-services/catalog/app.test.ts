import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { CatalogChanged } from '@tiketi/shared-kernel/contracts/http/shows.js';
import { type EventStore, StoreUnavailableError } from '@tiketi/shared-kernel/event-sourcing/event-store/port.js';
import { createModelStore, type ModelStore } from '@tiketi/shared-kernel/event-sourcing/testing/model-store.js';
import { createAuthenticator } from '@tiketi/shared-kernel/service/authenticate.js';
import { createMetrics } from '@tiketi/shared-kernel/service/metrics.js';
import { recordingLogger } from '@tiketi/shared-kernel/service/testing/recording-logger.js';
import { type Served, serve } from '@tiketi/shared-kernel/service/testing/serve.js';
import { testIssuer } from '@tiketi/shared-kernel/service/testing/test-issuer.js';
import { createApp } from './app.js';

const NOW = Date.parse('2026-05-01T10:00:00.000Z');
const issuer = testIssuer();
const admin = issuer.token('admin');

const appOver = (events: EventStore) =>
  createApp({
    store: events,
    authenticator: createAuthenticator({ keys: issuer.keys }),
    logger: recordingLogger().logger,
    metrics: createMetrics('catalog'),
    now: () => NOW,
  });

let store: ModelStore;
let served: Served;

beforeEach(async () => {
  store = createModelStore();
  served = await serve(appOver(store));
});
afterEach(() => served.close());

type Asked = { method?: string; token?: string | undefined; key?: string };

const send = async (path: string, body: unknown, { method = 'POST', token = admin, key }: Asked = {}) => {
  const response = await fetch(`${served.url}${path}`, {
    method,
    headers: {
      'content-type': 'application/json',
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      ...(key === undefined ? {} : { 'idempotency-key': key }),
    },
    body: JSON.stringify(body),
  });
  const answer = (await response.json()) as { id?: string; position?: string; code?: string; title?: string };
  return { status: response.status, ...answer };
};

const layoutBody = { name: 'Hall', sections: [{ section: 'A', rows: 10, seatsPerRow: 10, grade: 'R' }] };
const text = { ko: '글', en: 'text' };
const detailsBody = {
  title: text,
  description: text,
  artistName: text,
  venue: text,
  address: text,
  category: 'concert',
  posterImageUrl: '/images/poster.webp',
};
const showBody = { ...detailsBody, saleStartDate: '2026-05-10T20:00:00+09:00', saleEndDate: '2026-07-10T20:00:00+09:00' };

const typesIn = async (stream: string): Promise<string[]> => {
  const types: string[] = [];
  for await (const event of store.readStream(stream)) types.push(event.type);
  return types;
};

describe('seat layouts', () => {
  it('are defined once, however often asked with one key', async () => {
    const first = await send('/api/seat-layouts', layoutBody, { key: 'k1' });
    const again = await send('/api/seat-layouts', layoutBody, { key: 'k1' });
    expect([first.status, again.status]).toEqual([201, 200]);
    expect(CatalogChanged.parse({ id: again.id, position: again.position })).toEqual({ id: first.id, position: first.position });
    expect(await typesIn(`layout-${first.id}`)).toEqual(['SeatLayoutDefined']);
  });

  it('refuse a key used for another layout', async () => {
    await send('/api/seat-layouts', layoutBody, { key: 'k1' });
    const other = await send('/api/seat-layouts', { ...layoutBody, name: 'Other' }, { key: 'k1' });
    expect(other).toMatchObject({ status: 422, code: 'IDEMPOTENCY_KEY_REUSED' });
  });

  it('are different layouts without a key, and for another admin', async () => {
    const made = [
      await send('/api/seat-layouts', layoutBody),
      await send('/api/seat-layouts', layoutBody),
      await send('/api/seat-layouts', layoutBody, { key: 'k1' }),
      await send('/api/seat-layouts', layoutBody, { key: 'k1', token: issuer.token('admin') }),
    ];
    expect(new Set(made.map(({ id }) => id)).size).toBe(4);
  });

  it('refuse an unknown field, text no database holds, and too many seats', async () => {
    const bad = [
      { ...layoutBody, price: 100 },
      { ...layoutBody, name: 'a\0b' },
      { ...layoutBody, name: '\ud800' },
      { ...layoutBody, sections: [{ ...layoutBody.sections[0], rows: 9999 }] },
    ];
    const codes = [];
    for (const body of bad) codes.push((await send('/api/seat-layouts', body)).code);
    expect(codes).toEqual(['VALIDATION_FAILED', 'VALIDATION_FAILED', 'VALIDATION_FAILED', 'LAYOUT_TOO_LARGE']);
  });
});

describe('shows', () => {
  it('are created, changed and scheduled', async () => {
    const layout = await send('/api/seat-layouts', layoutBody);
    const made = await send('/api/events', showBody, { key: 'show' });
    const changed = await send(`/api/events/${made.id}`, { ...detailsBody, category: 'musical' }, { method: 'PUT' });
    const performance = {
      startsAt: '2026-07-01T19:00:00+09:00',
      seatLayoutId: layout.id,
      prices: [{ grade: 'R', price: 50_000 }],
    };
    const scheduled = await send(`/api/events/${made.id}/performances`, performance, { key: 'p' });
    const again = await send(`/api/events/${made.id}/performances`, performance, { key: 'p' });
    expect([made, changed, scheduled, again].map(({ status }) => status)).toEqual([201, 200, 201, 200]);
    expect(again.id).toBe(scheduled.id);
    expect(BigInt(scheduled.position ?? '')).toBeGreaterThan(BigInt(changed.position ?? ''));
    expect(await typesIn(`show-${made.id}`)).toEqual(['ShowCreated', 'ShowDetailsChanged', 'PerformanceScheduled']);
  });

  it('are sold under a refund policy of their own, and are cancelled', async () => {
    const { id } = await send('/api/events', showBody);
    const policy = { tiers: [{ daysBefore: 1, feePercent: 50 }], coolingOffHours: 0, coolingOffDaysBefore: 0 };
    const put = { method: 'PUT' };
    const set = await send(`/api/events/${id}/refund-policy`, policy, put);
    const again = await send(`/api/events/${id}/refund-policy`, policy, put);
    const rising = { ...policy, tiers: [...policy.tiers, { daysBefore: 2, feePercent: 0 }] };
    const refused = await send(`/api/events/${id}/refund-policy`, rising, put);
    expect([set.status, again.status, again.position, refused.code]).toEqual([200, 200, set.position, 'VALIDATION_FAILED']);
    const cancelled = await send(`/api/events/${id}`, {}, { method: 'DELETE' });
    const twice = await send(`/api/events/${id}`, {}, { method: 'DELETE', key: 'other' });
    expect([cancelled.status, twice.status, twice.position]).toEqual([200, 200, cancelled.position]);
    expect(await send(`/api/events/${id}/refund-policy`, policy, put)).toMatchObject({ status: 409, code: 'SHOW_CANCELLED' });
    expect(await typesIn(`show-${id}`)).toEqual(['ShowCreated', 'RefundPolicySet', 'ShowCancelled']);
  });

  it('sell places without seats', async () => {
    const { id } = await send('/api/events', showBody);
    const performance = { startsAt: '2026-07-01T19:00:00Z', ticketTypes: [{ name: '스탠딩', price: 44_000, quantity: 300 }] };
    const first = await send(`/api/events/${id}/performances`, performance, { key: 'p' });
    const again = await send(`/api/events/${id}/performances`, performance, { key: 'p' });
    expect([first.status, again.status, again.id]).toEqual([201, 200, first.id]);
    const nothing = await send(`/api/events/${id}/performances`, { startsAt: performance.startsAt });
    expect(nothing).toMatchObject({ status: 422, code: 'NOTHING_TO_SELL' });
  });

  it('give one key a performance in each show', async () => {
    const layout = await send('/api/seat-layouts', layoutBody);
    const performance = { startsAt: '2026-07-01T19:00:00Z', seatLayoutId: layout.id, prices: [{ grade: 'R', price: 100 }] };
    const ids = [];
    for (const key of ['one', 'two']) {
      const { id } = await send('/api/events', showBody, { key });
      ids.push((await send(`/api/events/${id}/performances`, performance, { key: 'same' })).id);
    }
    expect(new Set(ids).size).toBe(2);
  });

  it('refuse what cannot be', async () => {
    const { id } = await send('/api/events', showBody);
    const performance = { startsAt: '2026-07-01T19:00:00Z', seatLayoutId: id, prices: [{ grade: 'R', price: 100 }] };
    expect(await send(`/api/events/${id}/performances`, performance)).toMatchObject({ status: 404, code: 'LAYOUT_NOT_FOUND' });
    expect(await send('/api/events/not-an-id', detailsBody, { method: 'PUT' })).toMatchObject({
      status: 404,
      code: 'SHOW_NOT_FOUND',
    });
    const elsewhere = '0b7e7f6e-5f0e-4a55-8b7a-000000000001';
    expect((await send(`/api/events/${elsewhere}`, detailsBody, { method: 'PUT' })).code).toBe('SHOW_NOT_FOUND');
    expect((await send(`/api/events/${elsewhere}`, {}, { method: 'DELETE' })).code).toBe('SHOW_NOT_FOUND');
    const closed = { ...showBody, saleEndDate: showBody.saleStartDate };
    expect(await send('/api/events', closed)).toMatchObject({ status: 422, code: 'SALE_WINDOW_INVALID' });
    const withOwner = { ...showBody, createdBy: elsewhere };
    expect(await send('/api/events', withOwner)).toMatchObject({ status: 400, code: 'VALIDATION_FAILED' });
  });
});

describe('without its event store', () => {
  it('answers 503 and is not ready, but is alive', async () => {
    const lost = async function* () {
      yield* [];
      throw new StoreUnavailableError('down');
    };
    const dead = await serve(appOver({ ...createModelStore(), readStream: lost, readAll: lost }));
    const headers = { 'content-type': 'application/json', authorization: `Bearer ${admin}` };
    const post = await fetch(`${dead.url}/api/seat-layouts`, { method: 'POST', headers, body: JSON.stringify(layoutBody) });
    const pages = await Promise.all(['/ready', '/health'].map(async (path) => (await fetch(`${dead.url}${path}`)).status));
    expect([post.status, post.headers.get('retry-after'), ...pages]).toEqual([503, '1', 503, 200]);
    await dead.close();
  });
});

describe('every catalog command', () => {
  const commands: readonly [string, string][] = [
    ['POST', '/api/seat-layouts'],
    ['POST', '/api/events'],
    ['PUT', '/api/events/0b7e7f6e-5f0e-4a55-8b7a-000000000001'],
    ['DELETE', '/api/events/0b7e7f6e-5f0e-4a55-8b7a-000000000001'],
    ['PUT', '/api/events/0b7e7f6e-5f0e-4a55-8b7a-000000000001/refund-policy'],
    ['POST', '/api/events/0b7e7f6e-5f0e-4a55-8b7a-000000000001/performances'],
  ];

  it.each(commands)('%s %s is for admins only', async (method, path) => {
    const answers = [];
    for (const token of [issuer.token('user'), issuer.token('analyst'), issuer.token('operator'), 'forged']) {
      answers.push((await send(path, {}, { method, token })).status);
    }
    expect(answers).toEqual([403, 403, 403, 401]);
    expect(store.log.events.length).toBe(0);
  });
});
