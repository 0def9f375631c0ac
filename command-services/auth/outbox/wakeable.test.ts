import { describe, expect, it } from '@jest/globals';
import { createWakeable } from './wakeable.js';

describe('createWakeable', () => {
  it('ends a wait early', async () => {
    const pause = createWakeable();
    const waited = pause.wait(60_000);
    pause.wake();
    await waited;
  });

  it('remembers a wake nobody waited for, once', async () => {
    const pause = createWakeable();
    pause.wake();
    pause.wake();
    await pause.wait(60_000);
    let ended = false;
    const second = pause.wait(60_000).then(() => {
      ended = true;
    });
    await new Promise(setImmediate);
    expect(ended).toBe(false);
    pause.wake();
    await second;
  });

  it('ends by itself', async () => {
    await createWakeable().wait(1);
  });
});
