import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { ApiFailure } from './api-failure.js';
import { callJson, Refusal } from './call-json.js';

const Made = z.object({ id: z.number() });
const call = { method: 'POST', body: { a: 1 }, key: 'one', language: 'ko' } as const;

const problem = (status: number, code: string, headers: Record<string, string> = {}): Response =>
  new Response(JSON.stringify({ type: 'about:blank', status, code, title: code, correlationId: 'c' }), { status, headers });
const inFlight = (after = '0') => problem(409, 'IDEMPOTENCY_KEY_IN_FLIGHT', { 'retry-after': after });
const made = () => new Response('{"id":7}', { status: 201 });

const real = globalThis.fetch;
let asked: Headers[];
let answers: (() => Response)[];
beforeEach(() => {
  asked = [];
  globalThis.fetch = async (_path, init) => {
    asked.push(new Headers(init?.headers));
    const next = answers.shift();
    if (next === undefined) throw new TypeError('no connection');
    return next();
  };
});
afterEach(() => {
  globalThis.fetch = real;
});

describe('callJson', () => {
  it('waits for what is under way under the same key, and gets its answer', async () => {
    answers = [inFlight, inFlight, made];
    expect(await callJson('/things', Made, call)).toEqual({ id: 7 });
    expect(asked.map((headers) => headers.get('idempotency-key'))).toEqual(['one', 'one', 'one']);
  });

  it('passes on every other refusal', async () => {
    answers = [inFlight, () => problem(409, 'SEAT_TAKEN')];
    await expect(callJson('/things', Made, call)).rejects.toThrow(Refusal);
    expect(asked).toHaveLength(2);
  });

  it('never takes what it left under way for a refusal', async () => {
    const leaving = new AbortController();
    answers = [() => inFlight('60')];
    const left = callJson('/things', Made, { ...call, signal: leaving.signal });
    setImmediate(() => leaving.abort());
    await expect(left).rejects.toThrow(ApiFailure);
    answers = [inFlight];
    await expect(callJson('/things', Made, call)).rejects.toThrow(ApiFailure);
  });
});
