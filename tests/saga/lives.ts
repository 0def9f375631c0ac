import { ServiceUnreachable } from '@tiketi/shared-kernel/service/service-client.js';
import type { Turns } from './turns.js';

/** One process of a service, from its start to its death. */
export type Life = { readonly alive: () => boolean; readonly die: () => void; readonly onDeath: (call: () => void) => void };

const RESTART_MS = 1000;

const createLife = (): Life => {
  const listeners: (() => void)[] = [];
  let alive = true;
  return {
    alive: () => alive,
    die: () => {
      if (!alive) return;
      alive = false;
      for (const call of listeners) call();
    },
    onDeath: (call) => void (alive ? listeners.push(call) : call()),
  };
};

/** A service whose process may die: everything it had in memory is gone, and a second later another is built from what is stored. */
export const createService = <T>(turns: Turns, boot: (life: Life) => T) => {
  let running: { readonly life: Life; readonly parts: T } | undefined;
  const start = (): void => {
    const life = createLife();
    life.onDeath(() => {
      running = undefined;
      turns.after(RESTART_MS, start);
    });
    running = { life, parts: boot(life) };
  };
  start();

  return {
    running: () => running,
    /** Asks the process there is; it cannot be reached while there is none, or when it dies over it. */
    ask: <A>(run: (parts: T) => Promise<A>): Promise<A> => {
      const { life, parts } = running ?? {};
      if (life === undefined || parts === undefined) return Promise.reject(new ServiceUnreachable('no process'));
      return new Promise((resolve, reject) => {
        life.onDeath(() => reject(new ServiceUnreachable('the process died')));
        run(parts).then(resolve, reject);
      });
    },
  };
};

export type Service<T> = ReturnType<typeof createService<T>>;
