import { randomUUID } from 'node:crypto';
import type { Kysely } from 'kysely';
import type { EventStore, SubscriptionFilter } from '../event-store/port.js';
import type { Consumer } from './consumer.js';
import { startFeeds } from './feeds.js';
import { writeHeartbeat } from './heartbeat.js';
import { holdLeases, releaseLeases } from './leases.js';
import type { ConsumerLogger } from './logger.js';
import { isAfter } from './position.js';
import { type Replayed, replayKey } from './replay.js';
import type { Run } from './run.js';
import { createSeats, hasReached, occupy, type Seat, statusOf } from './seat.js';
import { createSignal, errorText, repeat, within } from './signal.js';
import type { ConsumerStatus, Observe } from './status.js';
import { createWaiters } from './waiters.js';

export type StartConsumers<DB> = {
  readonly store: EventStore;
  readonly db: Kysely<DB>;
  /** Where `migrateConsumerTables` has put checkpoint, lease and parked. */
  readonly schema: string;
  readonly consumers: readonly Consumer[];
  /**
   * First words of stream names no consumer here reads, such as `inventory`: each event the server does not send saves its decoding. The
   * position passes them with the next event or checkpoint, so nobody may wait here for the position of such an event.
   */
  readonly skippedStreams?: readonly string[];
  readonly logger: ConsumerLogger;
  readonly clock?: () => Date;
  /** Most events of one transaction; default 1,000. Up to four times as many wait in memory per consumer. */
  readonly batchSize?: number;
  /** Unhandled events move the stored position at most this much later; default 50. */
  readonly flushMs?: number;
  /** Least time between the beginnings of two batches of a consumer; default 50. */
  readonly gatherMs?: number;
  /** A dead process's consumers are taken over after this long and a quarter more; default 5,000. */
  readonly leaseMs?: number;
  /** Silence in the log after which a heartbeat is written; default 5,000. `false` also believes in silence. */
  readonly heartbeatMs?: number | false;
  readonly observe?: Observe;
};

export type RunningConsumers = {
  readonly status: () => ConsumerStatus[];
  /** True once this process has durably applied everything up to the commit position; false after the timeout. */
  readonly waitFor: (name: string, commit: bigint, timeoutMs: number) => Promise<boolean>;
  /** Applies a parked key's events in order and lets the key flow again. Works in any process that knows the consumer. */
  readonly replayParked: (name: string, key: string) => Promise<Replayed>;
  /** Ends batches in flight, then gives the leases back. */
  readonly stop: () => Promise<void>;
};

const heartbeatLease = 'heartbeat';

/** Every stream but the store's own and the skipped ones. */
const followed = (skipped: readonly string[]): SubscriptionFilter => ({
  by: 'streamRegex',
  regex: skipped.length === 0 ? '^[^$]' : `^(?!(${skipped.join('|')})-)[^$]`,
});

/** Silence of this many heartbeats means that the subscription is dead. */
const stallAfterBeats = 2.5;

/** How long consumers won in one go wait for each other, so that they begin on one subscription. */
const gatherMs = 250;

const stopMs = 10_000;

/**
 * Runs consumers over one shared subscription, each under a lease of its own. Several processes may run the same
 * consumers: one at a time works, the others stand by, and no event takes effect twice.
 */
export const startConsumers = <DB>(o: StartConsumers<DB>): RunningConsumers => {
  // the tables used here are the runtime's own, written as SQL; the caller's table types play no part
  const db = o.db as unknown as Kysely<unknown>;
  const { schema, logger } = o;
  const observe = o.observe ?? (() => undefined);
  const clock = o.clock ?? (() => new Date());
  const leaseMs = o.leaseMs ?? 5_000;
  const heartbeatMs = o.heartbeatMs ?? 5_000;
  const terms = { schema, holder: randomUUID(), leaseMs };
  const seats = createSeats(o.consumers);
  const waiters = createWaiters();
  const stallMs = heartbeatMs === false ? undefined : heartbeatMs * stallAfterBeats;
  const feeds = startFeeds({ store: o.store, filter: followed(o.skippedStreams ?? []), logger, observe, stallMs });
  const leaseSignal = createSignal();
  const beatSignal = createSignal();
  let held = new Map<string, bigint>();
  let stopping = false;

  const seatOf = (name: string): Seat => {
    const seat = seats.get(name);
    if (seat === undefined) throw new Error(`no consumer is called ${name}`);
    return seat;
  };

  const vacate = (seat: Seat): Promise<void> => {
    const { run, consumer } = seat;
    if (seat.epoch !== undefined) observe({ kind: 'lease', consumer: consumer.name, held: false });
    seat.epoch = undefined;
    seat.run = undefined;
    if (run === undefined) return Promise.resolve();
    feeds.leave(run);
    return run.stop();
  };

  const take = async (seat: Seat, epoch: bigint): Promise<Run | undefined> => {
    const { name } = seat.consumer;
    seat.epoch = epoch;
    observe({ kind: 'lease', consumer: name, held: true });
    const onEnded = (run: Run, why: 'lost' | 'stopped') => {
      feeds.leave(run);
      if (why === 'stopped' || seat.run !== run) return;
      held.delete(name);
      void vacate(seat);
      leaseSignal.raise();
    };
    const { batchSize = 1_000, flushMs = 50, gatherMs = 50 } = o;
    const options = {
      db,
      schema,
      epoch,
      observe,
      logger,
      idleMs: leaseMs,
      batchSize,
      flushMs,
      gatherMs: seat.consumer.gatherMs ?? gatherMs,
      onMoved: waiters.look,
      onEnded,
    };
    try {
      const run = await occupy(seat, options);
      const trouble = seat.progress.trouble;
      if (run === undefined && seat.epoch === epoch && trouble !== undefined) {
        logger.error({ consumer: name, reason: trouble.reason }, 'consumer stopped');
        observe({ kind: 'stopped', consumer: name, reason: trouble.reason });
      }
      return run;
    } catch (error) {
      logger.warn({ consumer: name, reason: errorText(error) }, 'checkpoint not taken');
      if (seat.epoch !== epoch) return undefined;
      held.delete(name);
      void vacate(seat);
      return undefined;
    }
  };

  const tendLeases = async () => {
    const following = [...seats.values()].some((seat) => seat.epoch !== undefined);
    const names = [...seats.keys(), ...(following ? [heartbeatLease] : [])];
    const ours = await holdLeases(db, terms, names, held);
    held = ours;
    const ready: Run[] = [];
    let gathering = true;
    const taking: Promise<void>[] = [];
    for (const seat of seats.values()) {
      const epoch = ours.get(seat.consumer.name);
      if (epoch === seat.epoch) continue;
      void vacate(seat);
      if (epoch === undefined || stopping) continue;
      const taken = take(seat, epoch).then((run) => {
        if (run === undefined || seat.run !== run) return;
        if (gathering) ready.push(run);
        else feeds.join([run]);
      });
      taking.push(taken);
    }
    if (taking.length === 0) return;
    // a predecessor's last batch may hold a checkpoint for a while; the leases must be renewed all the same
    await within(gatherMs, Promise.all(taking));
    gathering = false;
    feeds.join(ready);
    if (!following) leaseSignal.raise();
  };

  const beat = async () => {
    if (heartbeatMs === false || !held.has(heartbeatLease) || feeds.isEmpty()) return;
    if (performance.now() - feeds.lastItemAt() >= heartbeatMs) await writeHeartbeat(o.store, clock());
  };

  const stopped = () => stopping;
  const complain = (what: string) => (error: unknown) => logger.warn({ reason: errorText(error) }, what);
  const loops = [repeat(tendLeases, leaseMs / 4, { signal: leaseSignal, stopped, onError: complain('leases not renewed') })];
  if (heartbeatMs !== false) {
    loops.push(repeat(beat, heartbeatMs / 5, { signal: beatSignal, stopped, onError: complain('no heartbeat written') }));
  }

  const head = () => {
    const received = [...seats.values()].flatMap((seat) => (seat.run === undefined ? [] : [seat.run.received()]));
    const furthest = received.reduce((a, b) => (isAfter(b, a) ? b : a), feeds.position());
    return furthest.commit < 0n ? undefined : furthest;
  };

  return {
    status: () => [...seats.values()].map((seat) => statusOf(seat, head(), clock())),
    waitFor: (name, commit, timeoutMs) => {
      const seat = seatOf(name);
      return waiters.wait(() => hasReached(seat, commit), timeoutMs);
    },
    replayParked: (name, key) => replayKey(db, schema, seatOf(name).consumer, key),
    stop: async () => {
      stopping = true;
      leaseSignal.raise();
      beatSignal.raise();
      await Promise.all(loops);
      await Promise.all([feeds.stop(), within(stopMs, Promise.all([...seats.values()].map(vacate)))]);
      await releaseLeases(db, terms).catch(complain('leases not released'));
    },
  };
};
