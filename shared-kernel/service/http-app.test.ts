import { afterEach, describe, expect, it } from '@jest/globals';
import type { Router } from 'express';
import { z } from 'zod';
import { createHttpApp, type HttpAppOptions } from './http-app.js';
import { createMetrics } from './metrics.js';
import { ProblemError, refusalTable } from './problem.js';
import { correlationId } from './request-context.js';
import { recordingLogger } from './testing/recording-logger.js';
import { type Served, serve } from './testing/serve.js';
import { parseBody } from './validate.js';

const problemOf = refusalTable<'SeatTaken'>({
  SeatTaken: { status: 409, code: 'SEAT_TAKEN', title: { ko: '이미 선택된 좌석입니다.', en: 'That seat is taken.' } },
});
const Body = z.strictObject({ quantity: z.int().positive() });

const routes = (router: Router): void => {
  router.post('/things/:id', (req, res) => {
    res.json({ ...parseBody(Body, req), correlationId: correlationId(req) });
  });
  router.get('/taken', () => {
    throw problemOf('SeatTaken');
  });
  router.get('/bug', async () => {
    throw new Error('canary: relation "secret_table" does not exist');
  });
  router.get('/database-away', async () => {
    throw Object.assign(new Error('connect ECONNREFUSED 127.0.0.1:5432'), { code: 'ECONNREFUSED' });
  });
  router.get('/not-an-error', async () => {
    throw 'canary';
  });
};

let served: Served | undefined;
afterEach(async () => {
  await served?.close();
});

const start = async (more: Partial<HttpAppOptions> = {}) => {
  const log = recordingLogger();
  const metrics = createMetrics('test');
  served = await serve(createHttpApp({ service: 'test', logger: log.logger, metrics, routes, ...more }));
  return { ...log, metrics, url: served.url };
};
const post = (url: string, body: string, type = 'application/json', headers = {}) =>
  fetch(url, { method: 'POST', body, headers: { 'content-type': type, ...headers } });

describe('createHttpApp', () => {
  it('keeps a valid correlation id through the whole request and replaces a bad one', async () => {
    const { url, lines } = await start();
    const kept = await post(`${url}/things/1`, '{"quantity":1}', 'application/json', { 'x-correlation-id': 'abc-12345' });
    expect(kept.headers.get('x-correlation-id')).toBe('abc-12345');
    expect(await kept.json()).toEqual({ quantity: 1, correlationId: 'abc-12345' });
    expect(lines()).toContainEqual(expect.objectContaining({ correlationId: 'abc-12345', path: '/things/1', status: 200 }));
    for (const bad of ['x', 'a b c d e f g h', 'a'.repeat(200)]) {
      const answer = await fetch(`${url}/health`, { headers: { 'x-correlation-id': bad } });
      expect(answer.headers.get('x-correlation-id')).toMatch(/^[0-9a-f-]{36}$/);
    }
  });

  it.each([
    ['a broken body', '{"quantity":', 'application/json', 400, 'MALFORMED_JSON'],
    ['a body that is no object', '"text"', 'application/json', 400, 'MALFORMED_JSON'],
    ['a text body', '{"quantity":1}', 'text/plain', 415, 'UNSUPPORTED_MEDIA_TYPE'],
    ['a form', 'quantity=1', 'application/x-www-form-urlencoded', 415, 'UNSUPPORTED_MEDIA_TYPE'],
    ['an odd charset', '{"quantity":1}', 'application/json; charset=x-odd', 415, 'UNSUPPORTED_MEDIA_TYPE'],
    ['a large body', JSON.stringify({ quantity: 'x'.repeat(200_000) }), 'application/json', 413, 'BODY_TOO_LARGE'],
    ['a wrong field', '{"quantity":-1}', 'application/json', 400, 'VALIDATION_FAILED'],
    ['a field too many', '{"quantity":1,"price":0}', 'application/json', 400, 'VALIDATION_FAILED'],
    ['a prototype key', '{"quantity":1,"__proto__":{"admin":true}}', 'application/json', 400, 'VALIDATION_FAILED'],
  ])('refuses %s', async (_name, body, type, status, code) => {
    const { url } = await start();
    const answer = await post(`${url}/things/1`, body, type);
    expect(answer.status).toBe(status);
    expect(answer.headers.get('content-type')).toContain('application/problem+json');
    expect(await answer.json()).toMatchObject({ status, code, correlationId: answer.headers.get('x-correlation-id') });
  });

  it('names each faulty field', async () => {
    const { url } = await start();
    const answer = await post(`${url}/things/1`, '{"quantity":0}');
    expect(await answer.json()).toMatchObject({ errors: [{ path: 'quantity', message: expect.any(String) }] });
  });

  it.each([
    ['ko-KR,ko;q=0.9,en;q=0.8', '이미 선택된 좌석입니다.', 'ko'],
    ['en-US,en;q=0.9', 'That seat is taken.', 'en'],
    ['fr', 'That seat is taken.', 'en'],
  ])('answers a refusal in the language of %s', async (accepted, title, language) => {
    const { url } = await start();
    const answer = await fetch(`${url}/taken`, { headers: { 'accept-language': accepted } });
    expect(answer.status).toBe(409);
    expect(answer.headers.get('content-language')).toBe(language);
    expect(await answer.json()).toMatchObject({ code: 'SEAT_TAKEN', title });
  });

  it.each(['/bug', '/not-an-error'])('tells nothing of what went wrong at %s, and logs it', async (path) => {
    const { url, text } = await start();
    const answer = await fetch(url + path);
    const body = await answer.text();
    expect(answer.status).toBe(500);
    expect(JSON.parse(body)).toMatchObject({ code: 'INTERNAL', correlationId: expect.any(String) });
    expect(body).not.toContain('canary');
    expect(text()).toContain('canary');
  });

  it('answers a database that is away with 503, and logs it', async () => {
    const { url, text } = await start();
    const answer = await fetch(`${url}/database-away`);
    expect(answer.status).toBe(503);
    expect(answer.headers.get('retry-after')).toBe('1');
    expect(await answer.json()).toMatchObject({ code: 'TEMPORARILY_UNAVAILABLE' });
    expect(text()).toContain('ECONNREFUSED');
  });

  it('answers a body that is not what its encoding says with a problem', async () => {
    const { url } = await start();
    const headers = { 'content-type': 'application/json', 'content-encoding': 'gzip' };
    const answer = await fetch(`${url}/things/1`, { method: 'POST', headers, body: '{}' });
    expect(answer.status).toBe(400);
    expect(await answer.json()).toMatchObject({ code: 'BAD_REQUEST' });
  });

  it('answers unknown paths and broken escapes with problems', async () => {
    const { url } = await start();
    expect(await (await fetch(`${url}/nowhere`)).json()).toMatchObject({ status: 404, code: 'NOT_FOUND' });
    expect((await post(`${url}/things/%E0%A4%A`, '{}')).status).toBe(400);
  });

  it('is alive while not ready', async () => {
    const { url } = await start({ ready: async () => ({ ready: false, dependencies: { database: 'down' } }) });
    expect((await fetch(`${url}/health`)).status).toBe(200);
    const ready = await fetch(`${url}/ready`);
    expect(ready.status).toBe(503);
    expect(await ready.json()).toMatchObject({ ready: false, dependencies: { database: 'down' } });
  });

  it('counts answers by route pattern', async () => {
    const { url } = await start();
    await post(`${url}/things/1`, '{"quantity":1}');
    await fetch(`${url}/nowhere/secret`);
    const text = await (await fetch(`${url}/metrics`)).text();
    expect(text).toMatch(/http_requests_total\{method="POST",route="\/things\/:id",status_code="200",service="test"\} 1/);
    expect(text).toMatch(/http_requests_total\{method="GET",route="unmatched",status_code="404",service="test"\} 1/);
    expect(text).toContain('http_request_duration_seconds_bucket');
    expect(text).not.toContain('secret');
  });

  it('does not log query strings', async () => {
    const { url, text } = await start();
    await fetch(`${url}/taken?token=canary-in-query`);
    expect(text()).not.toContain('canary-in-query');
  });

  it('throws a problem with its own title', () => {
    expect(new ProblemError(418, 'TEAPOT').title.en).toBe("I'm a Teapot");
  });
});
