import type { StoreIndex } from '../index/store-index.js';
import { LOST, type StreamEntry } from '../index/stream-entry.js';
import { DELETED } from '../index/stream-metadata.js';
import type { Chunk } from '../log/chunks.js';
import type { EventLog } from '../log/event-log.js';
import { recordCreatedMs, recordData, recordTypeBytes } from '../log/record.js';
import type { RecordRef } from './read-response.js';

const LINK_TYPE = Buffer.from('$>');

export type StreamState = 'tombstoned' | 'missing' | 'readable';

/** Finds synced events and decides which of them a reader of the stream may see. */
export class Reader {
  constructor(
    readonly log: EventLog,
    readonly index: StoreIndex,
  ) {}

  state(stream: string): StreamState {
    if (this.index.isTombstoned(stream, 'visible')) return 'tombstoned';
    const entry = this.index.find(stream);
    if (entry === undefined || entry.visible === 0) return 'missing';
    return this.index.visibleMetadata(entry).truncateBefore === DELETED ? 'missing' : 'readable';
  }

  /** The first revision a reader sees: what `$tb` and `$maxCount` leave. */
  floor(entry: StreamEntry): number {
    const metadata = this.index.visibleMetadata(entry);
    const byCount = metadata.maxCount === undefined ? 0 : entry.visible - metadata.maxCount;
    return Math.max(0, metadata.truncateBefore, byCount);
  }

  /** The creation time before which events are too old to be seen. */
  oldest(entry: StreamEntry): number {
    const { maxAgeSeconds } = this.index.visibleMetadata(entry);
    return maxAgeSeconds === undefined ? 0 : Date.now() - maxAgeSeconds * 1000;
  }

  /** The record at a synced position: at once when its chunk is in memory. Rejects with DamagedLogError when damage has taken it. */
  record(position: number): RecordRef | Promise<RecordRef> {
    if (position === LOST) return Promise.reject(this.log.damage ?? new Error('an event has no position'));
    const chunk = this.log.chunk(this.log.chunkIndexOf(position));
    return chunk instanceof Promise ? chunk.then((read) => inChunk(read, position)) : inChunk(chunk, position);
  }

  isLink(record: RecordRef): boolean {
    return recordTypeBytes(record.buffer, record.at).equals(LINK_TYPE);
  }

  /** The event a link points at, or undefined when it is not there for a reader of its stream. */
  async target(link: RecordRef): Promise<RecordRef | undefined> {
    const text = recordData(link.buffer, link.at).toString();
    const separator = text.indexOf('@');
    const revision = Number(text.slice(0, separator));
    const stream = text.slice(separator + 1);
    const entry = this.index.find(stream);
    if (separator < 1 || entry === undefined || this.state(stream) !== 'readable') return undefined;
    if (!(revision >= this.floor(entry) && revision < entry.visible)) return undefined;
    const record = await this.record(entry.position(revision));
    return recordCreatedMs(record.buffer, record.at) < this.oldest(entry) ? undefined : record;
  }
}

const inChunk = (chunk: Chunk, position: number): RecordRef => ({ buffer: chunk.buffer, at: position - chunk.base, position });
