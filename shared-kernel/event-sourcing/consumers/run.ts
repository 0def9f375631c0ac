import type { Position, StoredEvent } from '../event-store/port.js';
import { applyBatch, type BatchContext, parkEntry } from './batch.js';
import { LeaseLostError, moveCheckpoint } from './checkpoint.js';
import { type Entry, toEntry } from './entries.js';
import { isInfrastructure, isTimeout } from './failures.js';
import type { ConsumerLogger } from './logger.js';
import { isAfter, isPlace } from './position.js';
import { backoffMs, createSignal, errorText } from './signal.js';
import type { Observe } from './status.js';

/** What outlives a tenure: counted per consumer and process. */
export type Progress = {
  position: Position;
  processed: number;
  parkedKeys: number;
  caughtUp: boolean;
  trouble: { readonly kind: 'retrying' | 'stopped'; readonly reason: string } | undefined;
};

export type RunOptions = BatchContext & {
  readonly progress: Progress;
  readonly batchSize: number;
  readonly flushMs: number;
  /** A batch begins at least this long after the one before, so that under load each transaction carries many events. */
  readonly gatherMs: number;
  readonly logger: ConsumerLogger;
  readonly observe: Observe;
  /** The durable position moved. */
  readonly onMoved: () => void;
  /** Called once, after the last transaction: the checkpoint is another's, or a fact could not be applied. */
  readonly onEnded: (run: Run, why: 'lost' | 'stopped') => void;
};

/** One consumer's tenure under one epoch: takes events in, applies them in batches of whatever has gathered. */
export type Run = {
  /** The furthest position taken in. */
  readonly received: () => Position;
  readonly queued: () => number;
  /** When the oldest event still waiting was recorded. */
  readonly waitingSince: () => Date | undefined;
  readonly take: (stored: StoredEvent) => void;
  /** Nothing before this position is still to come. */
  readonly reach: (position: Position) => void;
  readonly caughtUp: () => void;
  /** Undefined while there is room; else resolves when there is. */
  readonly room: () => Promise<void> | undefined;
  readonly stop: () => Promise<void>;
};

/** The longest time unhandled events wait for the stored position to pass them. */
const RAREST_FLUSH_MS = 400;

export const startRun = (o: RunOptions): Run => {
  const { consumer, progress, observe } = o;
  const name = consumer.name;
  const capacity = o.batchSize * 4;
  const signal = createSignal();
  const halt = createSignal();
  let queue: StoredEvent[] = [];
  let inHand: readonly Entry[] = [];
  let received = progress.position;
  let ending = false;
  /** Waits for the stored position's turn to move; only an event of its own is worth waking for then. */
  let flushing = false;
  let lastFlush = 0;
  let flushes = 0;
  let lastBatch = Number.NEGATIVE_INFINITY;
  let roomWaiters: (() => void)[] = [];

  const freeRoom = () => {
    const waiters = roomWaiters;
    roomWaiters = [];
    for (const resolve of waiters) resolve();
  };

  const moved = (to: Position, handled: number) => {
    progress.position = to;
    progress.processed += handled;
    progress.parkedKeys = o.parked.size;
    progress.trouble = undefined;
    if (handled > 0) observe({ kind: 'applied', consumer: name, events: handled });
    o.onMoved();
  };

  const announceParked = (reasons: readonly string[]) => {
    const reason = reasons[0];
    if (reason === undefined) return;
    o.logger.error({ consumer: name, events: reasons.length, reason }, 'events parked');
    observe({ kind: 'parked', consumer: name, events: reasons.length, reason });
  };

  /** Repeats through outages; a lost lease, a fact that cannot be applied and a batch that takes too long are thrown. */
  const patiently = async <T>(work: () => Promise<T>, events = 1): Promise<T> => {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await work();
      } catch (error) {
        if (ending || error instanceof LeaseLostError || !isInfrastructure(error)) throw error;
        if (events > 1 && isTimeout(error)) throw error;
        const reason = errorText(error);
        progress.trouble = { kind: 'retrying', reason };
        o.logger.warn({ consumer: name, attempt, reason }, 'consumer waits for its database');
        observe({ kind: 'retry', consumer: name, reason });
        await halt.wait(backoffMs(attempt, 100, 5_000));
      }
    }
  };

  const applyTo = async (entries: readonly Entry[], to: Position) => {
    const began = performance.now();
    const outcome = await patiently(() => applyBatch(o, entries, progress.position, to), entries.length);
    moved(to, entries.length);
    announceParked(outcome.parked);
    observe({ kind: 'batch', consumer: name, events: entries.length, milliseconds: performance.now() - began });
  };

  const stopVisibly = (reason: string) => {
    progress.trouble = { kind: 'stopped', reason };
    ending = true;
    o.logger.error({ consumer: name, reason }, 'consumer stopped');
    observe({ kind: 'stopped', consumer: name, reason });
  };

  /** One by one, so that only the culprit pays. */
  const applySingly = async (entries: readonly Entry[]) => {
    for (const entry of entries) {
      if (ending) return;
      try {
        await applyTo([entry], entry.stored.position);
      } catch (error) {
        if (ending || error instanceof LeaseLostError) throw error;
        const reason = errorText(error);
        const { type, stream, revision } = entry.stored;
        if (consumer.onFailure === 'stop') return stopVisibly(`${type} ${stream}@${revision}: ${reason}`);
        await patiently(() => parkEntry(o, entry, progress.position, reason));
        moved(entry.stored.position, 1);
        announceParked([reason]);
      }
    }
  };

  /** After a pause the first event is applied at once; in a stream of events those that follow wait for company. */
  const gather = async () => {
    const left = lastBatch + o.gatherMs - performance.now();
    if (left > 0 && queue.length < o.batchSize) await halt.wait(left);
    lastBatch = performance.now();
  };

  const applyQueued = async () => {
    await gather();
    if (ending) return;
    const taken = queue.slice(0, o.batchSize);
    queue = queue.slice(o.batchSize);
    const entries = taken.map((stored) => toEntry(consumer, stored));
    inHand = entries;
    const last = taken.at(-1);
    const to = queue.length === 0 || last === undefined ? received : last.position;
    try {
      await applyTo(entries, to);
    } catch (error) {
      if (ending || error instanceof LeaseLostError) throw error;
      o.logger.warn(
        { consumer: name, events: entries.length, reason: errorText(error) },
        'batch failed; looking for the culprit',
      );
      await applySingly(entries);
    }
    inHand = [];
    lastFlush = performance.now();
    flushes = 0;
    freeRoom();
  };

  /** Where others' events go by without a pause, each move costs more than it tells: they grow rarer then. */
  const flush = async () => {
    const left = lastFlush + Math.min(o.flushMs * 2 ** flushes, Math.max(o.flushMs, RAREST_FLUSH_MS)) - performance.now();
    if (left > 0) {
      flushing = true;
      await signal.wait(left);
      flushing = false;
      return;
    }
    const to = received;
    await patiently(() => moveCheckpoint(o.db, o.schema, { name, epoch: o.epoch, from: progress.position, to }));
    lastFlush = performance.now();
    flushes += 1;
    moved(to, 0);
  };

  const rest = async () => {
    const begun = performance.now();
    await signal.wait();
    if (performance.now() - begun > o.flushMs) flushes = 0;
  };

  const work = async () => {
    while (!ending) {
      if (queue.length > 0) await applyQueued();
      else if (isAfter(received, progress.position)) await flush();
      else await rest();
    }
  };

  const end = (error: unknown) => {
    if (error instanceof LeaseLostError) {
      o.logger.warn({ consumer: name, reason: error.message }, 'consumer stands down');
      ending = true;
      o.onEnded(run, 'lost');
    } else if (!ending) {
      stopVisibly(errorText(error));
    }
  };
  const done = work()
    .catch(end)
    .finally(() => {
      freeRoom();
      if (progress.trouble?.kind === 'stopped') o.onEnded(run, 'stopped');
    });

  const run: Run = {
    received: () => received,
    queued: () => queue.length + inHand.length,
    waitingSince: () => (inHand[0]?.stored ?? queue[0])?.recordedAt,
    take: (stored) => {
      if (ending || !isAfter(stored.position, received)) return;
      received = stored.position;
      if (consumer.handles.has(stored.type)) queue.push(stored);
      else if (flushing) return;
      signal.raise();
    },
    reach: (position) => {
      if (ending || !isPlace(position) || !isAfter(position, received)) return;
      received = position;
      if (!flushing) signal.raise();
    },
    caughtUp: () => {
      progress.caughtUp = true;
    },
    room: () => (ending || queue.length < capacity ? undefined : new Promise((resolve) => roomWaiters.push(resolve))),
    stop: () => {
      ending = true;
      signal.raise();
      halt.raise();
      return done;
    },
  };
  return run;
};
