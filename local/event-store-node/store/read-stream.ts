import type { StreamEntry } from '../index/stream-entry.js';
import { recordCreatedMs } from '../log/record.js';
import { type Delivery, deliver } from './deliver.js';
import type { EventSink } from './event-sink.js';
import type { Reader } from './reader.js';

export interface StreamRange extends Delivery {
  /** The first revision wanted, inclusive; Infinity is the end. */
  readonly from: number;
  readonly count: number;
  readonly backwards: boolean;
}

/** Sends the visible events of a readable stream, at most `count`. */
export const readStream = async (reader: Reader, entry: StreamEntry, range: StreamRange, sink: EventSink): Promise<void> => {
  const last = entry.visible - 1;
  const floor = reader.floor(entry);
  const oldest = reader.oldest(entry);
  const step = range.backwards ? -1 : 1;
  let left = range.count;
  let revision = range.backwards ? Math.min(range.from, last) : Math.max(range.from, floor);
  for (; left > 0 && revision >= floor && revision <= last && !sink.closed; revision += step) {
    const found = reader.record(entry.position(revision));
    const record = found instanceof Promise ? await found : found;
    if (oldest > 0 && recordCreatedMs(record.buffer, record.at) < oldest) continue;
    const pause = deliver(reader, sink, record, range);
    if (pause !== undefined) await pause;
    left -= 1;
  }
};
