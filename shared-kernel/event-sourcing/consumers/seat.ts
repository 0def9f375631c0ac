import type { Position } from '../event-store/port.js';
import { type TakenCheckpoint, takeCheckpoint } from './checkpoint.js';
import type { Consumer } from './consumer.js';
import { parkedKeys } from './parked.js';
import { beginning } from './position.js';
import { type Progress, type Run, type RunOptions, startRun } from './run.js';
import type { ConsumerStatus } from './status.js';

/** A consumer's place in this process: vacant while another process holds its lease. */
export type Seat = {
  readonly consumer: Consumer;
  /** The tenure's own: one that ends late must not touch its successor's. */
  progress: Progress;
  epoch: bigint | undefined;
  run: Run | undefined;
};

const freshProgress = (position: Position, processed: number): Progress => ({
  position,
  processed,
  parkedKeys: 0,
  caughtUp: false,
  trouble: undefined,
});

/** Refuses names given twice and handled types the codec does not know. */
export const createSeats = (consumers: readonly Consumer[]): Map<string, Seat> => {
  const seats = new Map<string, Seat>();
  for (const consumer of consumers) {
    if (seats.has(consumer.name)) throw new Error(`two consumers are called ${consumer.name}`);
    const unknown = [...consumer.handles].filter((type) => !consumer.codec.types.includes(type));
    if (unknown.length > 0) throw new Error(`${consumer.name} handles what its codec does not know: ${unknown.join(', ')}`);
    seats.set(consumer.name, { consumer, progress: freshProgress(beginning, 0), epoch: undefined, run: undefined });
  }
  return seats;
};

const differentVersion = (taken: TakenCheckpoint, version: number): string =>
  `its rows were built by version ${taken.version}, this is version ${version}: rebuild it`;

/**
 * Takes the checkpoint under the seat's new epoch and starts a run there. Undefined where the epoch has changed
 * meanwhile, or where the rows are of another version, which the progress then says.
 */
export const occupy = async (
  seat: Seat,
  o: Pick<RunOptions, 'db' | 'schema' | 'epoch'> & Omit<RunOptions, 'consumer' | 'parked' | 'progress'>,
): Promise<Run | undefined> => {
  const { consumer } = seat;
  const version = consumer.version ?? 1;
  const taken = await takeCheckpoint(o.db, o.schema, { name: consumer.name, version, epoch: o.epoch });
  const parked = await parkedKeys(o.db, o.schema, consumer.name);
  if (seat.epoch !== o.epoch) return undefined;
  const progress = freshProgress(taken.position, seat.progress.processed);
  progress.parkedKeys = parked.size;
  seat.progress = progress;
  if (taken.version !== version) {
    progress.trouble = { kind: 'stopped', reason: differentVersion(taken, version) };
    return undefined;
  }
  seat.run = startRun({ ...o, consumer, parked, progress });
  return seat.run;
};

export const hasReached = (seat: Seat, commit: bigint): boolean =>
  seat.epoch !== undefined && seat.progress.position.commit >= commit;

export const statusOf = (seat: Seat, head: Position | undefined, now: Date): ConsumerStatus => {
  const { progress, run, consumer } = seat;
  const since = run?.waitingSince();
  const idle = run !== undefined && progress.caughtUp && run.queued() === 0;
  const working = progress.trouble?.kind ?? (idle ? 'live' : 'catchingUp');
  return {
    name: consumer.name,
    version: consumer.version ?? 1,
    state: seat.epoch === undefined ? 'standby' : working,
    epoch: seat.epoch,
    position: seat.epoch === undefined || progress.position.commit < 0n ? undefined : progress.position,
    head,
    lagMs: since === undefined ? 0 : Math.max(0, now.getTime() - since.getTime()),
    queued: run?.queued() ?? 0,
    processed: progress.processed,
    parkedKeys: progress.parkedKeys,
    lastError: progress.trouble?.reason,
  };
};
