import type { Disk } from '../disk/disk.js';
import { StoreIndex } from '../index/store-index.js';
import { DamagedLogError } from '../log/errors.js';
import { EventLog, type EventLogOptions } from '../log/event-log.js';
import { Scrub } from '../log/scrub.js';
import { Checkpointer, type CheckpointerOptions, loadCheckpoint } from './checkpointer.js';
import { Reader } from './reader.js';
import { writeSystemEvents } from './system-events.js';
import { Writer } from './writer.js';

export interface EventStoreOptions extends EventLogOptions, CheckpointerOptions {
  /** How fast the part of the log that opening did not read is verified afterwards. */
  readonly scrubBytesPerSecond?: number;
}

/** One store: its log, the index over it, and the two sides that use them. */
export interface EventStore {
  readonly log: EventLog;
  readonly index: StoreIndex;
  readonly writer: Writer;
  readonly reader: Reader;
  readonly checkpoints: Checkpointer;
  readonly scrub: Scrub;
  close(): Promise<void>;
}

/** Opens the log and the index over it, from the checkpoint where there is one of this log, else by reading all. */
const openIndexedLog = async (disk: Disk, options: EventLogOptions): Promise<{ log: EventLog; index: StoreIndex }> => {
  const index = new StoreIndex();
  const saved = await loadCheckpoint(disk);
  const resume = saved && {
    ...saved,
    adopt: () => {
      for (const stream of saved.streams()) index.restore(stream);
    },
  };
  return { log: await EventLog.open(disk, index.load, options, resume), index };
};

/** Opens the store on a disk; a fresh one gets the system events of a new server, or throws DiskFullError. A damaged one is read-only. */
export const openEventStore = async (disk: Disk, options: EventStoreOptions = {}): Promise<EventStore> => {
  let forget = (): void => undefined;
  const onFailure: EventLogOptions['onFailure'] = (failure) => {
    if (failure.cause instanceof DamagedLogError) forget();
    options.onFailure?.(failure);
  };
  const { log, index } = await openIndexedLog(disk, { ...options, onFailure });
  const writer = new Writer(log, index);
  if (log.failure === undefined)
    await writeSystemEvents(writer, index).catch((error: Error) => log.close().then(() => Promise.reject(error)));
  const checkpoints = new Checkpointer(disk, log, index, log.unread, options);
  forget = () => checkpoints.forget();
  const scrub = new Scrub(log, log.unread, options.scrubBytesPerSecond);
  const close = async (): Promise<void> => {
    await scrub.stop();
    await log.settle();
    // a disk that does not answer would not take a checkpoint either
    if (log.lastUnsynced() === undefined) await checkpoints.close();
    await log.close();
  };
  return { log, index, writer, reader: new Reader(log, index), checkpoints, scrub, close };
};
