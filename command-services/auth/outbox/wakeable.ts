export type Wakeable = {
  /** Resolves after `milliseconds`, or at once when `wake` was called since the last wait. */
  readonly wait: (milliseconds: number) => Promise<void>;
  readonly wake: () => void;
};

/** A pause somebody can end early; a wake while nobody waits ends the next one. */
export const createWakeable = (): Wakeable => {
  let woken = false;
  let end: (() => void) | undefined;

  return {
    wait: async (milliseconds) => {
      if (!woken) {
        await new Promise<void>((resolve) => {
          const timer = setTimeout(resolve, milliseconds);
          end = () => {
            clearTimeout(timer);
            resolve();
          };
        });
      }
      end = undefined;
      woken = false;
    },
    wake: () => {
      woken = true;
      end?.();
    },
  };
};
