import { setImmediate } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import { createPatience } from './patience.js';

const never = () => new Promise<string>(() => undefined);

describe('createPatience', () => {
  it('hands on what comes in time, and failures', async () => {
    const patiently = createPatience();
    expect(await patiently(async () => 'answer')).toBe('answer');
    await expect(patiently(() => Promise.reject(new Error('down')))).rejects.toThrow('down');
  });

  it('does not ask for a second after three waits in vain, then tries one', async () => {
    let now = 0;
    let asked = 0;
    const patiently = createPatience({ patienceMs: 1, clock: () => now });
    const ask = () => {
      asked += 1;
      return never();
    };
    for (let i = 0; i < 5; i += 1) expect(await patiently(ask)).toBe('late');
    expect(asked).toBe(3);
    now = 1000;
    expect(await patiently(ask)).toBe('late');
    expect(await patiently(ask)).toBe('late');
    expect(asked).toBe(4);
    now = 2000;
    expect(await patiently(async () => 'back')).toBe('back');
    expect(await patiently(ask)).toBe('late');
    expect(await patiently(async () => 'still asked')).toBe('still asked');
  });

  it('tells when an answer came after all', async () => {
    const patiently = createPatience({ patienceMs: 1 });
    let answer = (_: string): void => undefined;
    const slow = new Promise<string>((resolve) => {
      answer = resolve;
    });
    let told = false;
    const afterwards = (): void => {
      told = true;
    };
    expect(await patiently(() => slow, afterwards)).toBe('late');
    expect(told).toBe(false);
    answer('at last');
    await setImmediate();
    expect(told).toBe(true);
  });
});
