import type { Clock } from '../clock.js';

type Timer = { readonly at: number; readonly call: () => void };

export type VirtualClock = Clock & {
  /** Lets everything settle that can without time passing, then jumps to the next timer; false when there is none. */
  readonly step: () => Promise<boolean>;
  /** Steps until `done`; throws when nothing is left to wait for, or `patienceMs` of virtual time have passed. */
  readonly until: (done: () => boolean, patienceMs?: number) => Promise<void>;
};

const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** Time that passes only when a test says so; timers due at the same time fire in the order they were set. */
export const createVirtualClock = (): VirtualClock => {
  const timers = new Set<Timer>();
  let now = 0;

  const step = async () => {
    await settle();
    let next: Timer | undefined;
    for (const timer of timers) if (next === undefined || timer.at < next.at) next = timer;
    if (next === undefined) return false;
    timers.delete(next);
    now = Math.max(now, next.at);
    next.call();
    return true;
  };

  return {
    now: () => now,
    after: (ms, call) => {
      const timer = { at: now + ms, call };
      timers.add(timer);
      return () => timers.delete(timer);
    },
    step,
    until: async (done, patienceMs = 600_000) => {
      const deadline = now + patienceMs;
      await settle();
      while (!done()) {
        if (now > deadline) throw new Error(`not done after ${patienceMs} ms of virtual time`);
        if (!(await step()) && !done()) throw new Error('nothing left to wait for');
      }
    },
  };
};
