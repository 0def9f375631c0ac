/** Time as the write side needs it, so that tests can run it by hand. Milliseconds since the epoch. */
export type Clock = {
  readonly now: () => number;
  /** Calls once after `ms`; the result cancels it. */
  readonly after: (ms: number, call: () => void) => () => void;
};

export const systemClock: Clock = {
  now: () => Date.now(),
  after: (ms, call) => {
    const timer = setTimeout(call, ms);
    return () => clearTimeout(timer);
  },
};

export const pause = (clock: Clock, ms: number): Promise<void> =>
  new Promise((resolve) => {
    clock.after(ms, resolve);
  });
