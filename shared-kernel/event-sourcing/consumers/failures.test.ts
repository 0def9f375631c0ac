import { describe, expect, it } from '@jest/globals';
import { isInfrastructure, isTimeout } from './failures.js';

const withCode = (code: string) => Object.assign(new Error('no'), { code });

describe('telling an outage from a fact that cannot be applied', () => {
  it.each([
    '08006',
    '53300',
    '57P01',
    '57P03',
    '57014',
    '58030',
    '40001',
    '40P01',
    '55P03',
    '25P03',
    '0A000',
    '26000',
    '42P05',
    '42P01',
    '42501',
    '3F000',
  ])('waits out SQLSTATE %s', (code) => expect(isInfrastructure(withCode(code))).toBe(true));

  it.each(['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ETIMEDOUT', 'ENOTFOUND'])('waits out %s', (code) =>
    expect(isInfrastructure(withCode(code))).toBe(true),
  );

  it.each([
    'Connection terminated unexpectedly',
    'timeout exceeded when trying to connect',
    'Client has encountered a connection error and is not queryable',
    'Cannot use a pool after calling end on the pool',
  ])('waits out "%s"', (message) => expect(isInfrastructure(new Error(message))).toBe(true));

  it.each(['22012', '22P02', '23505', '23502', '23514', '22021', 'P0001', '25P02'])('blames the event for SQLSTATE %s', (code) =>
    expect(isInfrastructure(withCode(code))).toBe(false),
  );

  it.each([new TypeError('x is undefined'), new Error('no such seat'), 'thrown text', undefined])(
    'blames the event for %s',
    (e) => expect(isInfrastructure(e)).toBe(false),
  );

  it('knows a statement that took too long', () => {
    expect(isTimeout(withCode('57014'))).toBe(true);
    expect(isTimeout(withCode('57P01'))).toBe(false);
  });
});
