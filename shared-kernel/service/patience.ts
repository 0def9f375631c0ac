/** No request waits longer than this for what is only a help. */
const PATIENCE_MS = 50;
/** So many waits in vain, one after another, and for a while nobody waits. */
const TRUST = 3;
const AWAY_MS = 1000;

export type Timing = { readonly patienceMs?: number; readonly clock?: () => number };

/** `late`: no answer came in time, or none was waited for. What comes after that goes to `afterwards`, whether it failed or not. */
export type Patience = <T>(ask: () => Promise<T>, afterwards?: () => void) => Promise<T | 'late'>;

/** Waits for something that may be slow or away, never for long, and after three waits in vain for a second not at all. Failures pass. */
export const createPatience = ({ patienceMs = PATIENCE_MS, clock = Date.now }: Timing = {}): Patience => {
  let inVain = 0;
  let awayUntil = 0;

  return (ask, afterwards) => {
    if (clock() < awayUntil) return Promise.resolve('late');
    return new Promise((resolve, reject) => {
      let late = false;
      const giveUp = (): void => {
        late = true;
        inVain += 1;
        if (inVain >= TRUST) awayUntil = clock() + AWAY_MS;
        resolve('late');
      };
      let patience: NodeJS.Immediate | undefined;
      // a process that was busy itself reads what has come in meanwhile before it gives up
      const timer = setTimeout(() => {
        patience = setImmediate(giveUp);
      }, patienceMs);
      const inTime = (): boolean => {
        if (late) {
          afterwards?.();
          return false;
        }
        clearTimeout(timer);
        if (patience !== undefined) clearImmediate(patience);
        return true;
      };
      ask().then(
        (answer) => {
          if (!inTime()) return;
          inVain = 0;
          resolve(answer);
        },
        (error: unknown) => {
          if (inTime()) reject(error);
        },
      );
    });
  };
};
