import { describe, expect, it } from '@jest/globals';
import { QueryClient, QueryObserver } from '@tanstack/react-query';
import { ApiFailure, type FailureKind, failureOf } from './api-failure.js';
import { connectionOf } from './connection.js';
import { pollInterval } from './polling.js';

const outcomes = async (...answers: ('data' | FailureKind)[]) => {
  const client = new QueryClient({ defaultOptions: { queries: { retry: false, networkMode: 'always' } } });
  let next = 0;
  const observer = new QueryObserver(client, {
    queryKey: ['shows'],
    queryFn: () => {
      const answer = answers[next++] ?? 'data';
      if (answer !== 'data') throw new ApiFailure(answer, answer);
      return 'data';
    },
    enabled: false,
  });
  for (const _ of answers) await observer.refetch();
  return observer.getCurrentQuery();
};

describe('the connection', () => {
  it('is being made until something has come', async () => {
    expect(connectionOf([await outcomes()])).toBe('connecting');
    expect(connectionOf([])).toBe('connecting');
  });

  it('is live with data, and when the API says that a thing does not exist', async () => {
    expect(connectionOf([await outcomes('data'), await outcomes()])).toBe('live');
    expect(connectionOf([await outcomes('missing')])).toBe('live');
  });

  it('is interrupted by a failure, until the next answer', async () => {
    expect(connectionOf([await outcomes('data'), await outcomes('data', 'unreachable')])).toBe('interrupted');
    expect(connectionOf([await outcomes('unexpected')])).toBe('interrupted');
    expect(connectionOf([await outcomes('unreachable', 'data')])).toBe('live');
  });
});

describe('polling', () => {
  it('slows down while the API is down, and ends for what does not exist', async () => {
    expect(pollInterval(await outcomes('data'))).toBe(2_000);
    expect(pollInterval(await outcomes('data', 'unreachable'))).toBe(4_000);
    expect(pollInterval(await outcomes('missing'))).toBe(false);
  });
});

describe('a refused request', () => {
  it('is told apart by its status', () => {
    expect([404, 500, 503, 429, 400, 403].map(failureOf)).toEqual([
      'missing',
      'unreachable',
      'unreachable',
      'unreachable',
      'unexpected',
      'unexpected',
    ]);
  });
});
