import { describe, expect, it } from '@jest/globals';
import { createBreaker } from './breaker.js';

describe('the breaker', () => {
  const atTime = (start = 0) => {
    let time = start;
    const breaker = createBreaker({ now: () => time });
    const call = (outcome: 'ok' | 'failed') => {
      const report = breaker.enter();
      if (report === undefined) throw new Error('not let through');
      report(outcome);
    };
    return { breaker, call, advance: (ms: number) => (time += ms) };
  };
  const calls = (call: (outcome: 'ok' | 'failed') => void, ok: number, failed: number) => {
    for (let count = 0; count < ok; count += 1) call('ok');
    for (let count = 0; count < failed; count += 1) call('failed');
  };

  it.each([
    [0, 4, true],
    [0, 5, false],
    [3, 2, true],
    [3, 3, false],
    [100, 99, true],
    [100, 100, false],
  ])('after %d good and %d failed calls lets calls through: %s', (ok, failed, available) => {
    const { breaker, call } = atTime();
    calls(call, ok, failed);
    expect(breaker.available()).toBe(available);
    expect(breaker.enter() !== undefined).toBe(available);
  });

  it('forgets what is older than its window', () => {
    const { breaker, call, advance } = atTime();
    calls(call, 0, 4);
    advance(71_000);
    call('failed');
    expect(breaker.available()).toBe(true);
  });

  it('lets a single trial through after 30 s; a good one closes it with a clean record', () => {
    const { breaker, call, advance } = atTime();
    calls(call, 0, 5);
    advance(29_999);
    expect(breaker.available()).toBe(false);
    advance(1);
    expect(breaker.available()).toBe(true);
    const trial = breaker.enter();
    expect(breaker.available()).toBe(false);
    expect(breaker.enter()).toBeUndefined();
    trial?.('ok');
    calls(call, 0, 4);
    expect(breaker.available()).toBe(true);
  });

  it('opens for another 30 s when the trial fails', () => {
    const { breaker, call, advance } = atTime();
    calls(call, 0, 5);
    advance(30_000);
    call('failed');
    advance(29_999);
    expect(breaker.available()).toBe(false);
    advance(1);
    expect(breaker.available()).toBe(true);
  });

  it('does not listen to calls begun before it opened', () => {
    const { breaker, call, advance } = atTime();
    const old = [breaker.enter(), breaker.enter()];
    calls(call, 0, 5);
    old[0]?.('ok');
    expect(breaker.available()).toBe(false);
    advance(30_000);
    const trial = breaker.enter();
    old[1]?.('failed');
    trial?.('ok');
    expect(breaker.available()).toBe(true);
  });
});
