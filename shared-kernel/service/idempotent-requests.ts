import { hash, randomUUID } from 'node:crypto';
import type { Request, RequestHandler, Response } from 'express';
import { Counter } from 'prom-client';
import { principalOf } from './authenticate.js';
import { createHeldClaims } from './held-claims.js';
import { fingerprint, idempotencyKeyOf } from './idempotency.js';
import { createPatientClaims } from './idempotency-patience.js';
import { answerText, claimText, type IdempotencyRecords, type KeptAnswer } from './idempotency-records.js';
import type { Metrics } from './metrics.js';
import { ProblemError } from './problem.js';
import { requestFact } from './request-fact.js';

/** The key a request came with, and the fingerprint of what it asks for. */
export type Keyed = { readonly key: string; readonly fingerprint: string };

export type OnceRules = {
  /** A request without a key goes on without one, instead of 400 IDEMPOTENCY_KEY_MISSING. */
  readonly keyOptional?: boolean;
  /** What of the body says what is wanted; all of it by default. */
  readonly wishOf?: (body: unknown) => unknown;
  /** Answers of this route that may be otherwise a moment later, by status, and so are not kept. */
  readonly passing?: readonly number[];
};

export type IdempotentRequests = {
  /**
   * Put after authentication and limits: a repeat of an answered request gets the very same answer, marked `idempotency-replayed`; one of a
   * request under way 409 IDEMPOTENCY_KEY_IN_FLIGHT and Retry-After; another request with the same key 422 IDEMPOTENCY_KEY_REUSED.
   * The handler answers with `res.json` or `res.send`, and does the same command twice without harm.
   */
  readonly once: (rules?: OnceRules) => RequestHandler;
};

type Options = {
  /** None: every request reaches its handler, and the stream alone knows repeats. */
  readonly records: IdempotencyRecords | undefined;
  readonly metrics?: Metrics;
  readonly patienceMs?: number;
  /** How often the claim of a request that takes long is renewed; a third of the lease by default. */
  readonly renewMs?: number;
};

const keyed = requestFact<Keyed>('idempotency key');

/** The key of a request that passed `once`; 400 IDEMPOTENCY_KEY_MISSING where there is none, because it was optional. */
export const keyedOf = (req: Request): Keyed => {
  const found = keyed.of(req);
  if (found === undefined) throw new ProblemError(400, 'IDEMPOTENCY_KEY_MISSING');
  return found;
};

const inFlight = (): ProblemError =>
  new ProblemError(409, 'IDEMPOTENCY_KEY_IN_FLIGHT', {
    title: { ko: '같은 요청을 처리하고 있습니다.', en: 'This very request is still being worked on.' },
    headers: { 'retry-after': '1' },
  });

const keyReused = (): ProblemError =>
  new ProblemError(422, 'IDEMPOTENCY_KEY_REUSED', {
    title: { ko: '같은 키로 다른 요청을 보냈습니다.', en: 'This Idempotency-Key was used for another request.' },
  });

const LONGEST_KEPT = 64 * 1024;
const KEPT_HEADERS = ['content-type', 'content-language', 'cache-control', 'location'];
/** Refusals about who asks and how often, not about what is asked; 202: the outcome is not known yet. */
const NEVER_KEPT = new Set([202, 401, 403, 408, 425, 429]);

const headersOf = (res: Response): Record<string, string> =>
  Object.fromEntries(
    KEPT_HEADERS.flatMap((name) => {
      const value = res.getHeader(name);
      return typeof value === 'string' ? [[name, value]] : [];
    }),
  );

/** What was just sent, if it is the last word on the request. */
const finalAnswer = (res: Response, body: unknown, passing: readonly number[]): KeptAnswer | undefined => {
  const status = res.statusCode;
  if (status >= 500 || NEVER_KEPT.has(status) || passing.includes(status) || res.hasHeader('retry-after')) return undefined;
  if (typeof body !== 'string' || Buffer.byteLength(body) > LONGEST_KEPT) return undefined;
  return { status, headers: headersOf(res), body };
};

/** Tells the body of the answer, right after it was handed to the connection; whether anybody still reads it does not matter. */
const onceAnswered = (res: Response, told: (body: unknown) => void): void => {
  const send = res.send;
  res.send = (body: unknown) => {
    res.send = send;
    const sent = res.send(body);
    told(body);
    return sent;
  };
};

const replay = (res: Response, { status, headers, body }: KeptAnswer): void => {
  res.status(status).set(headers).set('idempotency-replayed', 'true').send(body);
};

const createCounter = (metrics: Metrics | undefined) =>
  metrics === undefined
    ? undefined
    : new Counter({
        name: 'idempotency_outcomes_total',
        help: 'Requests whose Idempotency-Key was known already (replayed, in_flight, reused) or could not be looked up (unavailable)',
        labelNames: ['outcome'],
        registers: [metrics.registry],
      });

/** Names nobody can read a person or a key from; the key is the salt of the second, as bodies may be guessed. */
const namesOf = (req: Request, { key, fingerprint: print }: Keyed) => ({
  name: hash('sha256', JSON.stringify([principalOf(req).userId, req.method, req.path, key]), 'base64url'),
  print: hash('sha256', JSON.stringify([key, print]), 'base64url'),
});

/** `Idempotency-Key` as the IETF draft has it (draft-ietf-httpapi-idempotency-key-header-07), per person, method and path. */
export const createIdempotentRequests = ({ records, metrics, renewMs, ...timing }: Options): IdempotentRequests => {
  const claimOf = records === undefined ? undefined : createPatientClaims(records, timing);
  const held = records === undefined ? undefined : createHeldClaims(records, renewMs === undefined ? {} : { renewMs });
  const outcomes = createCounter(metrics);
  const ours = randomUUID();
  let claims = 0;

  return {
    once:
      ({ keyOptional = false, wishOf = (body: unknown) => body, passing = [] } = {}) =>
      async (req, res, next) => {
        if (keyOptional && req.headers['idempotency-key'] === undefined) return next();
        const asked: Keyed = { key: idempotencyKeyOf(req), fingerprint: fingerprint(req.method, req.path, wishOf(req.body)) };
        keyed.set(req, asked);
        if (records === undefined || claimOf === undefined) return next();

        const { name, print } = namesOf(req, asked);
        const mine = claimText(print, `${ours}:${claims++}`);
        const claimed = await claimOf(name, mine);
        if (claimed === 'unknown') {
          outcomes?.inc({ outcome: 'unavailable' });
          return next();
        }
        if (claimed.found === null) {
          held?.hold(name, mine);
          onceAnswered(res, (body) => {
            held?.drop(name);
            const answer = finalAnswer(res, body, passing);
            const settled = answer === undefined ? records.release(name, mine) : records.keep(name, answerText(print, answer));
            // the lease ends a claim that could not be settled
            settled.catch(() => undefined);
          });
          return next();
        }
        const before = claimed.found;
        if (before.print !== print) {
          outcomes?.inc({ outcome: 'reused' });
          throw keyReused();
        }
        if (before.kind === 'inFlight') {
          outcomes?.inc({ outcome: 'in_flight' });
          throw inFlight();
        }
        outcomes?.inc({ outcome: 'replayed' });
        replay(res, before.answer);
      },
  };
};
