import { afterEach, describe, expect, it } from '@jest/globals';
import { type Served, serve } from '@tiketi/shared-kernel/service/testing/serve.js';
import { jsonAnswer, matches } from './answer.js';
import { createHotAnswers, hotFirst } from './hot-answers.js';

let served: Served | undefined;
afterEach(() => served?.close());

const setUp = async () => {
  const time = { now: 0 };
  const hot = createHotAnswers({ maxAgeMs: 250, renewAfterMs: 190, maxEntries: 2, now: () => time.now });
  const seen: number[] = [];
  served = await serve(
    hotFirst(
      hot,
      (_req, res) => res.end('from the app'),
      ({ status }) => seen.push(status),
    ),
  );
  const { url } = served;
  return { time, hot, seen, get: (path: string, headers: Record<string, string> = {}) => fetch(`${url}${path}`, { headers }) };
};

const answer = jsonAnswer({ hello: 1 }, { cacheControl: 'public, max-age=1' });
const renew = () => undefined;
const headers = { 'x-content-type-options': 'nosniff', 'x-correlation-id': 'of-the-first' };

describe('hot answers', () => {
  it('are sent as the app sent them, under a correlation id of their own', async () => {
    const { hot, get, seen } = await setUp();
    hot.remember('/a?b=1', { answer, at: 0, route: '/a', headers, renew });
    const response = await get('/a?b=1', { 'x-correlation-id': 'mine-12345' });
    expect(await response.json()).toEqual({ hello: 1 });
    expect(response.headers.get('x-correlation-id')).toBe('mine-12345');
    expect(response.headers.get('x-content-type-options')).toBe('nosniff');
    expect((await get('/a?b=1')).headers.get('x-correlation-id')).not.toBe('of-the-first');
    expect(seen).toEqual([200, 200]);
  });

  it('are not sent to who has them', async () => {
    const { hot, get, seen } = await setUp();
    hot.remember('/a', { answer, at: 0, route: '/a', headers, renew });
    expect((await get('/a', { 'if-none-match': answer.etag })).status).toBe(304);
    expect(seen).toEqual([304]);
  });

  it('leave to the app what is old, forgotten, another address or another method', async () => {
    const { hot, get, time } = await setUp();
    for (const url of ['/a', '/b', '/c']) hot.remember(url, { answer, at: 0, route: url, headers, renew });
    expect(await (await get('/a')).text()).toBe('from the app');
    expect(await (await get('/c?x')).text()).toBe('from the app');
    expect(await (await fetch(`${served?.url}/c`, { method: 'POST' })).text()).toBe('from the app');
    expect((await get('/c')).headers.get('etag')).toBe(answer.etag);
    time.now = 251;
    expect(await (await get('/c')).text()).toBe('from the app');
  });

  it('are renewed once when they are asked for at some age, and not before', async () => {
    const { hot, get, time } = await setUp();
    let renewals = 0;
    hot.remember('/a', { answer, at: 0, route: '/a', headers, renew: () => (renewals += 1) });
    for (const [at, expected] of [
      [190, 0],
      [191, 1],
      [250, 1],
      [251, 1],
    ] as const) {
      time.now = at;
      await get('/a');
      expect(renewals).toBe(expected);
    }
  });
});

describe('If-None-Match', () => {
  it.each(['"a"', 'W/"a"', '"x", "a"', '*', ' W/"b" , W/"a" '])('%s names "a"', (header) => {
    expect(matches(header, '"a"')).toBe(true);
  });
  it.each([undefined, '', 'a', '"b"', '"a" "b"'])('%s does not', (header) => expect(matches(header, '"a"')).toBe(false));
});
