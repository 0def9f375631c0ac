export type Signal = {
  /** Ends the present wait, or the next one if nobody waits. */
  readonly raise: () => void;
  /** Resolves when raised, or after `timeoutMs`. */
  readonly wait: (timeoutMs?: number) => Promise<void>;
};

/** Lets one loop sleep until there is something to do. */
export const createSignal = (): Signal => {
  let raised = false;
  let wake: (() => void) | undefined;
  return {
    raise: () => {
      raised = true;
      wake?.();
    },
    wait: async (timeoutMs) => {
      if (!raised) {
        await new Promise<void>((resolve) => {
          const timer = timeoutMs === undefined ? undefined : setTimeout(resolve, timeoutMs);
          wake = () => {
            clearTimeout(timer);
            resolve();
          };
        });
        wake = undefined;
      }
      raised = false;
    },
  };
};

/** Runs the task now and then every `ms`, or sooner when the signal is raised, until stopped. */
export const repeat = async (
  task: () => Promise<void>,
  ms: number,
  o: { readonly signal: Signal; readonly stopped: () => boolean; readonly onError: (error: unknown) => void },
): Promise<void> => {
  while (!o.stopped()) {
    await task().catch(o.onError);
    if (!o.stopped()) await o.signal.wait(ms);
  }
};

/** Waits for the work, but no longer than `ms`; the work goes on. */
export const within = async (ms: number, work: Promise<unknown>): Promise<void> => {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, ms);
  });
  await Promise.race([work, limit]).finally(() => clearTimeout(timer));
};

/** Doubles from `firstMs` to `mostMs`; a random half of it keeps processes apart. `attempt` counts from 1. */
export const backoffMs = (attempt: number, firstMs: number, mostMs: number): number => {
  const full = Math.min(mostMs, firstMs * 2 ** Math.min(attempt - 1, 30));
  return full / 2 + (Math.random() * full) / 2;
};

export const errorText = (error: unknown): string => (error instanceof Error ? `${error.name}: ${error.message}` : String(error));
