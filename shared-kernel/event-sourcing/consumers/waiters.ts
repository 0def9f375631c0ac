export type Waiters = {
  /** True as soon as the condition holds; false after the timeout. */
  readonly wait: (condition: () => boolean, timeoutMs: number) => Promise<boolean>;
  /** Something changed: conditions are looked at again. */
  readonly look: () => void;
};

export const createWaiters = (): Waiters => {
  const waiting = new Set<() => void>();
  return {
    wait: (condition, timeoutMs) => {
      if (condition()) return Promise.resolve(true);
      return new Promise((resolve) => {
        const settle = (answer: boolean) => {
          clearTimeout(timer);
          waiting.delete(look);
          resolve(answer);
        };
        const look = () => {
          if (condition()) settle(true);
        };
        const timer = setTimeout(() => settle(false), timeoutMs);
        waiting.add(look);
      });
    },
    look: () => {
      for (const look of waiting) look();
    },
  };
};
