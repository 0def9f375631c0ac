import { hash } from 'node:crypto';
import type { Request } from 'express';
import { canonicalJson } from '../event-sourcing/canonical-json.js';
import { ProblemError } from './problem.js';

/**
 * The `Idempotency-Key` header (IETF draft-ietf-httpapi-idempotency-key-header): 1 to 255 visible ASCII characters, with or without the
 * quotes of a structured string. 400 IDEMPOTENCY_KEY_MISSING or IDEMPOTENCY_KEY_INVALID.
 */
export const idempotencyKeyOf = (req: Request): string => {
  const header = req.headers['idempotency-key'];
  if (header === undefined) throw new ProblemError(400, 'IDEMPOTENCY_KEY_MISSING');
  const text = typeof header === 'string' ? header : '';
  const key = /^"(.*)"$/.exec(text)?.[1] ?? text;
  if (!/^[\x21-\x7e]{1,255}$/.test(key)) throw new ProblemError(400, 'IDEMPOTENCY_KEY_INVALID');
  return key;
};

/** No request of ours is nested deeper. A small body of brackets can be nested so deep that walking it exhausts the stack. */
const DEEPEST = 64;

const isDeeperThan = (levels: number, value: unknown): boolean =>
  typeof value === 'object' &&
  value !== null &&
  (levels === 0 || Object.values(value).some((item) => isDeeperThan(levels - 1, item)));

/**
 * SHA-256 (hex) of method, path and body, the same for any order of the body's keys: tells a repeat from another request. 400
 * MALFORMED_JSON where the body is nested too deep.
 */
export const fingerprint = (method: string, path: string, body: unknown): string => {
  if (isDeeperThan(DEEPEST, body)) throw new ProblemError(400, 'MALFORMED_JSON');
  return hash('sha256', canonicalJson([method.toUpperCase(), path, body ?? null]), 'hex');
};
