import { describe, expect, it, jest } from '@jest/globals';
import { timeLimit } from './time-limit.js';

describe('a time limit', () => {
  it('aborts when the time is over, as a timeout', () => {
    jest.useFakeTimers();
    try {
      const { signal } = timeLimit(1000);
      jest.advanceTimersByTime(999);
      expect(signal.aborted).toBe(false);
      jest.advanceTimersByTime(1);
      expect(signal.reason).toMatchObject({ name: 'TimeoutError', message: 'no answer within 1000 ms' });
    } finally {
      jest.useRealTimers();
    }
  });

  it('leaves nothing behind when it is lifted', () => {
    jest.useFakeTimers();
    try {
      const { signal, lift } = timeLimit(1000);
      lift();
      expect(jest.getTimerCount()).toBe(0);
      jest.advanceTimersByTime(2000);
      expect(signal.aborted).toBe(false);
    } finally {
      jest.useRealTimers();
    }
  });
});
