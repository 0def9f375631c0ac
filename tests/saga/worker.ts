import { OutcomeUnknownError } from '@tiketi/shared-kernel/event-sourcing/command-handler.js';
import type { EffectHandler } from '@tiketi/shared-kernel/event-sourcing/consumers/effect-worker.js';
import { StoreUnavailableError } from '@tiketi/shared-kernel/event-sourcing/event-store/port.js';
import type { Life } from './lives.js';
import type { Claimed, Rows, Settled } from './rows.js';
import type { Around } from './seams.js';
import type { Activity, Turns } from './turns.js';

type Ports = {
  readonly life: Life;
  readonly around: Around;
  readonly turns: Turns;
  readonly rows: Rows;
  /** A fault on purpose. */
  readonly settlesFirst: boolean;
  readonly handlers: Readonly<Record<string, EffectHandler>>;
  readonly leaseMs: (kind: string) => number;
  readonly isOutage: (error: unknown) => boolean;
  /** Hears of every failure that is the effect's own. */
  readonly failed: (effect: Claimed, error: unknown) => void;
};

const MAX_FAILURES = 10;
const FIRST_BACKOFF_MS = 200;

/** Runs due effects as the worker of the services does, with its rows in memory. */
export const createWorker = (o: Ports): Activity => {
  const { life, around, turns, rows, failed } = o;
  const begun = new Set<string>();

  const backoff = (times: number, most: number): number =>
    turns.clock() + Math.min(FIRST_BACKOFF_MS * 2 ** Math.min(times, 20), most);

  const attempt = async (effect: Claimed): Promise<Settled> => {
    try {
      const outcome = await o.handlers[effect.kind]?.(effect);
      if (outcome === undefined) throw new Error(`no handler for ${effect.kind}`);
      return outcome === 'done' ? { kind: 'done' } : { kind: 'later', at: outcome.retryAt.getTime() };
    } catch (error) {
      const away = error instanceof StoreUnavailableError || error instanceof OutcomeUnknownError || o.isOutage(error);
      if (away) return { kind: 'later', at: backoff(effect.attempt, 5000) };
      failed(effect, error);
      if (effect.failures + 1 >= MAX_FAILURES) return { kind: 'parked', reason: String(error) };
      return { kind: 'failed', at: backoff(effect.failures, 60_000) };
    }
  };

  const run = async (id: string): Promise<void> => {
    const effect = await around('claim', async () => rows.claim(id, o.leaseMs(rows.kindOf(id))));
    begun.delete(id);
    if (effect === undefined) return;
    if (o.settlesFirst) await around('settle', async () => rows.settle(effect, { kind: 'done' }));
    const settled = await attempt(effect);
    await around('settle', async () => rows.settle(effect, settled));
  };

  return {
    ready: () => {
      if (!life.alive()) return [];
      const free = rows.due().filter((id) => !begun.has(id));
      return free.map((id) => () => {
        begun.add(id);
        void run(id);
      });
    },
    nextAt: () => (life.alive() ? rows.nextAt() : undefined),
  };
};
