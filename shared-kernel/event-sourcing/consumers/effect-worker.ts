import type { Kysely } from 'kysely';
import { OutcomeUnknownError } from '../command-handler.js';
import { StoreUnavailableError } from '../event-store/port.js';
import { type ClaimedEffect, claimEffects, type Effect, nextDueMs } from './effect-claims.js';
import { createSettlements, type Settlement } from './effect-settlements.js';
import { isInfrastructure } from './failures.js';
import type { ConsumerLogger } from './logger.js';
import { purgeClosedEffects } from './parked-effects.js';
import { backoffMs, createSignal, errorText } from './signal.js';

export type { Effect } from './effect-claims.js';

/** `done` closes the row; `retryAt` is no failure, only "not yet"; a throw is a failure and backs off. */
export type EffectHandler = (effect: Effect) => Promise<'done' | { readonly retryAt: Date }>;

export type EffectObservation = {
  readonly kind: string;
  readonly outcome: Settlement['kind'];
  readonly milliseconds: number;
  /** How late the effect was begun. */
  readonly lateMs: number;
};

export type StartEffectWorker<DB> = {
  readonly db: Kysely<DB>;
  readonly schema: string;
  /** Kinds without a handler here are left for a process that has one. */
  readonly handlers: Readonly<Record<string, EffectHandler>>;
  readonly logger: ConsumerLogger;
  /** Most effects in flight; default 32. */
  readonly concurrency?: number;
  /**
   * Longer than the handler can take, a provider's timeout included; default 90,000. After a crash the key waits this
   * long, so kinds that take a moment are better given less.
   */
  readonly leaseMs?: number | ((kind: string) => number);
  /** Failures after which the row is parked; default 10. */
  readonly maxAttempts?: number;
  /** Beside the database's and the event store's: failures that say nothing of the effect. They are waited out and never park it. */
  readonly isOutage?: (error: unknown) => boolean;
  /** Default 200 ms doubling to 60 s. */
  readonly backoff?: { readonly firstMs: number; readonly mostMs: number };
  /** Closed rows are kept this long, as a guard against being asked for again; default 7 days. */
  readonly keepClosedMs?: number;
  /** Longest sleep before looking for what other processes have written; default 500. */
  readonly idleMs?: number;
  readonly observe?: (observation: EffectObservation) => void;
};

export type EffectWorker = {
  /** What it knows how to do. */
  readonly kinds: readonly string[];
  /** An effect has just been committed: look at once, unless it is due only after the worker looks anyway. */
  readonly wake: (dueAt?: Date) => void;
  readonly inFlight: () => number;
  /** Takes no more, waits for those in flight. */
  readonly stop: () => Promise<void>;
};

/** However long an outage lasts, an effect is tried again this soon after its end. */
const OUTAGE_MOST_MS = 5_000;

const GATHER_MS = 10;

/** Two looks begin at least this far apart, unless the first filled all the room there was: what comes right after one waits for the next. */
const LOOK_APART_MS = 20;

const purgeEveryMs = 3_600_000;

/**
 * Runs due effects: bounded in flight, one at a time per key over all processes, retried with backoff and jitter,
 * parked as a visible row after `maxAttempts` failures of its own; an outage is waited out, however long. An effect whose process died runs again when its lease ends.
 */
export const startEffectWorker = <DB>(o: StartEffectWorker<DB>): EffectWorker => {
  const { db, schema, logger } = o;
  const concurrency = o.concurrency ?? 32;
  const { leaseMs: lease = 90_000 } = o;
  const leaseMs = typeof lease === 'number' ? () => lease : lease;
  const maxAttempts = o.maxAttempts ?? 10;
  const backoff = o.backoff ?? { firstMs: 200, mostMs: 60_000 };
  const idleMs = o.idleMs ?? 500;
  const kinds = Object.keys(o.handlers);
  const signal = createSignal();
  const halt = createSignal();
  const running = new Set<Promise<void>>();
  let stopping = false;

  const isOutage = (error: unknown): boolean =>
    isInfrastructure(error) ||
    error instanceof StoreUnavailableError ||
    error instanceof OutcomeUnknownError ||
    o.isOutage?.(error) === true;

  const attempt = async (effect: ClaimedEffect): Promise<Settlement> => {
    try {
      const handler = o.handlers[effect.kind];
      if (handler === undefined) throw new Error(`no handler for ${effect.kind}`);
      const outcome = await handler(effect);
      return outcome === 'done' ? { kind: 'done' } : { kind: 'later', at: outcome.retryAt };
    } catch (error) {
      const reason = errorText(error);
      if (isOutage(error)) {
        logger.warn({ effect: effect.id, kind: effect.kind, attempt: effect.attempt, reason }, 'effect waits out an outage');
        return { kind: 'later', at: new Date(Date.now() + backoffMs(effect.attempt, backoff.firstMs, OUTAGE_MOST_MS)) };
      }
      const failures = effect.failures + 1;
      if (failures >= maxAttempts) {
        logger.error({ effect: effect.id, kind: effect.kind, correlationId: effect.correlationId, reason }, 'effect parked');
        return { kind: 'parked', reason };
      }
      logger.warn({ effect: effect.id, kind: effect.kind, failures, reason }, 'effect failed; it is tried again');
      return { kind: 'failed', reason, delayMs: backoffMs(failures, backoff.firstMs, backoff.mostMs) };
    }
  };

  const write = createSettlements(db, schema);
  /** The outcome must reach the row before the lease ends, else the effect merely runs again. */
  const settle = async (effect: ClaimedEffect, settlement: Settlement) => {
    const deadline = performance.now() + leaseMs(effect.kind);
    for (let tries = 1; ; tries += 1) {
      try {
        return await write(effect, settlement);
      } catch (error) {
        const reason = errorText(error);
        logger.warn({ effect: effect.id, reason }, 'outcome of an effect not written');
        if (!isInfrastructure(error) || stopping || performance.now() > deadline) return;
        await new Promise((resolve) => setTimeout(resolve, backoffMs(tries, 100, 2_000)));
      }
    }
  };

  const run = async (effect: ClaimedEffect) => {
    const began = performance.now();
    const settlement = await attempt(effect);
    const milliseconds = performance.now() - began;
    await settle(effect, settlement);
    o.observe?.({ kind: effect.kind, outcome: settlement.kind, milliseconds, lateMs: effect.lateMs });
  };

  const launch = (effect: ClaimedEffect) => {
    const task: Promise<void> = run(effect).finally(() => {
      running.delete(task);
      signal.raise();
    });
    running.add(task);
  };

  const sleepMs = async (): Promise<number> => {
    const due = await nextDueMs(db, schema, kinds);
    return due === undefined ? idleMs : Math.max(5, Math.min(idleMs, due));
  };

  let looksAt = 0;
  const rest = async (looked: number) => {
    const ms = await sleepMs();
    looksAt = Date.now() + ms;
    await signal.wait(ms);
    looksAt = 0;
    const early = looked + LOOK_APART_MS - performance.now();
    if (early > 0) await halt.wait(early);
  };

  let nextPurge = 0;
  const purge = async () => {
    if (performance.now() < nextPurge) return;
    nextPurge = performance.now() + purgeEveryMs;
    await purgeClosedEffects(db, schema, o.keepClosedMs ?? 7 * 24 * purgeEveryMs);
  };

  const work = async () => {
    let failures = 0;
    let gathered = false;
    while (!stopping) {
      if (running.size >= concurrency) {
        await signal.wait();
        continue;
      }
      // with much under way, a moment's wait lets one claim fill many places: a claim costs as much for one as for many
      if (running.size > concurrency / 2 && !gathered) {
        await halt.wait(GATHER_MS);
        gathered = true;
        continue;
      }
      gathered = false;
      try {
        const looked = performance.now();
        const room = concurrency - running.size;
        const claimed = await claimEffects(db, schema, { kinds, limit: room, leaseMs });
        for (const effect of claimed) launch(effect);
        if (claimed.length === 0) await purge();
        // with room to spare nothing is left that could begin, but for what stands behind others of its key
        if (claimed.length < room) await rest(looked);
        failures = 0;
      } catch (error) {
        failures += 1;
        logger.warn({ reason: errorText(error), failures }, 'effects not claimed');
        await halt.wait(backoffMs(failures, 100, 5_000));
      }
    }
  };
  const done = work();

  return {
    kinds,
    wake: (dueAt) => {
      if (dueAt === undefined || dueAt.getTime() < looksAt || looksAt === 0) signal.raise();
    },
    inFlight: () => running.size,
    stop: async () => {
      stopping = true;
      signal.raise();
      halt.raise();
      await done;
      await Promise.all(running);
    },
  };
};
