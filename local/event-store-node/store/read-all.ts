import { RecordWalk } from '../log/record-walk.js';
import { AllCursor } from './all-cursor.js';
import { isHidden, type RecordFilter } from './all-filter.js';
import { type Delivery, deliver } from './deliver.js';
import type { EventSink } from './event-sink.js';
import type { Reader } from './reader.js';

export interface AllRange extends Delivery {
  readonly count: number;
  readonly filter: RecordFilter | undefined;
}

/** Sends events from a position, inclusive, to the head of the moment it gets there. */
export const readAllForwards = async (reader: Reader, from: number, range: AllRange, sink: EventSink): Promise<void> => {
  const cursor = new AllCursor(reader.log, from);
  const end = reader.log.end;
  let left = range.count;
  while (left > 0 && !sink.closed) {
    if (!cursor.advance()) {
      if (!(await cursor.load())) return;
      continue;
    }
    if (cursor.position >= end) return;
    const { buffer, at, position } = cursor;
    if (isHidden(buffer, at) || (range.filter !== undefined && !range.filter(buffer, at))) continue;
    const pause = deliver(reader, sink, { buffer, at, position }, range);
    if (pause !== undefined) await pause;
    left -= 1;
  }
};

/** Sends events before a position, exclusive, newest first. */
export const readAllBackwards = async (reader: Reader, before: number, range: AllRange, sink: EventSink): Promise<void> => {
  let left = range.count;
  const { log } = reader;
  for (let index = log.chunkCount === 0 ? -1 : log.chunkIndexOf(before); index >= 0; index -= 1) {
    const chunk = await log.chunk(index);
    const walk = new RecordWalk(chunk.buffer, chunk.base, chunk.length);
    const offsets: number[] = [];
    while (walk.advance() && walk.position < before) offsets.push(walk.at);
    for (const at of offsets.reverse()) {
      if (left <= 0 || sink.closed) return;
      if (isHidden(chunk.buffer, at) || (range.filter !== undefined && !range.filter(chunk.buffer, at))) continue;
      const pause = deliver(reader, sink, { buffer: chunk.buffer, at, position: chunk.base + at }, range);
      if (pause !== undefined) await pause;
      left -= 1;
    }
  }
};
