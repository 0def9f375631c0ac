/** Which of so many goes next; 0 is always allowed. */
export type Choose = (count: number) => number;

/** Something that begins work by itself whenever it may: what could begin now, and when something will. */
export type Activity = { readonly ready: () => readonly (() => void)[]; readonly nextAt: () => number | undefined };

type Timer = { readonly at: number; readonly call: () => void };
type Await = { readonly holds: () => boolean; readonly go: () => void };

const immediate = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** The answer to a lot is written in the turn of the event loop after the one in which it came up. */
const settle = async (): Promise<void> => {
  await immediate();
  await immediate();
};

/**
 * One world's time and order: everything that is about to have an effect waits here for its turn, one goes at a time, and time passes
 * only when nobody can go (or `choose` says so). With `choose` always 0 it is first come, first served.
 */
export const createTurns = (choose: Choose, start: number) => {
  let now = start;
  let steps = 0;
  const waiting: (() => void)[] = [];
  const timers = new Set<Timer>();
  const awaits = new Set<Await>();
  const activities: Activity[] = [];

  const after = (ms: number, call: () => void): (() => void) => {
    const timer = { at: now + ms, call };
    timers.add(timer);
    return () => timers.delete(timer);
  };

  const pass = (): boolean => {
    const due = [...timers].map(({ at }) => at);
    for (const { nextAt } of activities) {
      const at = nextAt();
      if (at !== undefined && at > now) due.push(at);
    }
    if (due.length === 0) return false;
    now = Math.max(now, Math.min(...due));
    for (const timer of [...timers].sort((a, b) => a.at - b.at)) {
      if (timer.at <= now && timers.delete(timer)) timer.call();
    }
    return true;
  };

  /** One thing happens; false when nothing is left to happen. */
  const step = async (): Promise<boolean> => {
    await settle();
    steps += 1;
    for (const one of awaits) {
      if (one.holds() && awaits.delete(one)) {
        one.go();
        return true;
      }
    }
    const ready = activities.flatMap((activity) => activity.ready());
    const options = waiting.length + ready.length;
    if (options === 0) return pass();
    const chosen = choose(options + 1);
    if (chosen === options && pass()) return true;
    const index = chosen % options;
    const go = index < waiting.length ? waiting.splice(index, 1)[0] : ready[index - waiting.length];
    go?.();
    return true;
  };

  return {
    clock: () => now,
    steps: () => steps,
    after,
    choose,
    add: (activity: Activity): void => void activities.push(activity),
    turn: (): Promise<void> => new Promise((resolve) => void waiting.push(resolve)),
    sleep: (ms: number): Promise<void> => new Promise((resolve) => void after(ms, resolve)),
    /** False when it did not come to hold in time. */
    until: (holds: () => boolean, ms: number): Promise<boolean> =>
      new Promise((resolve) => {
        const cancel = after(ms, () => {
          awaits.delete(one);
          resolve(false);
        });
        const go = (): void => {
          cancel();
          resolve(true);
        };
        const one: Await = { holds, go };
        awaits.add(one);
      }),
    /** Until nothing is left to happen. Throws where that takes more than `most` steps. */
    rest: async (most: number): Promise<void> => {
      for (let taken = 0; await step(); taken += 1) if (taken > most) throw new Error(`still busy after ${most} steps`);
    },
  };
};

export type Turns = ReturnType<typeof createTurns>;
