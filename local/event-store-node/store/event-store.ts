import type { Disk } from '../disk/disk.js';
import { StoreIndex } from '../index/store-index.js';
import { EventLog, type EventLogOptions } from '../log/event-log.js';
import { Reader } from './reader.js';
import { writeSystemEvents } from './system-events.js';
import { Writer } from './writer.js';

/** One store: its log, the index over it, and the two sides that use them. */
export interface EventStore {
  readonly log: EventLog;
  readonly index: StoreIndex;
  readonly writer: Writer;
  readonly reader: Reader;
  close(): Promise<void>;
}

/** Opens the store on a disk; a fresh one gets the system events of a new server. Throws DamagedLogError. */
export const openEventStore = async (disk: Disk, options: EventLogOptions = {}): Promise<EventStore> => {
  const index = new StoreIndex();
  const log = await EventLog.open(disk, index.load, options);
  const writer = new Writer(log, index);
  if (index.events === 0) await writeSystemEvents(writer);
  return { log, index, writer, reader: new Reader(log, index), close: () => log.close() };
};
