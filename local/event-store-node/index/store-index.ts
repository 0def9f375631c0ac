import { FLAG_TOMBSTONE, recordDataText, recordFlags, recordStream } from '../log/record.js';
import { StreamEntry } from './stream-entry.js';
import { OF_METASTREAMS, parseStreamMetadata, type StreamMetadata } from './stream-metadata.js';

export const isMetastream = (stream: string): boolean => stream.startsWith('$$');
export const metastreamOf = (stream: string): string => `$$${stream}`;
export const ownerOf = (metastream: string): string => metastream.slice(2);

/** All streams by name. It is rebuilt by visiting the log; an index checkpoint may later spare most of that. */
export class StoreIndex {
  private readonly streams = new Map<string, StreamEntry>();
  events = 0;

  find(stream: string): StreamEntry | undefined {
    return this.streams.get(stream);
  }

  entry(stream: string): StreamEntry {
    let entry = this.streams.get(stream);
    if (entry === undefined) {
      entry = new StreamEntry(stream);
      this.streams.set(stream, entry);
    }
    return entry;
  }

  get streamCount(): number {
    return this.streams.size;
  }

  /** Takes in a record found on the disk at start; it is synced, so readers see it. */
  load = (buffer: Buffer, at: number, position: number): void => {
    const stream = recordStream(buffer, at);
    const entry = this.entry(stream);
    this.events += 1;
    if ((recordFlags(buffer, at) & FLAG_TOMBSTONE) !== 0) {
      entry.tombstoned = true;
      entry.tombstoneVisible = true;
      return;
    }
    entry.add(position);
    entry.visible = entry.count;
    if (!isMetastream(stream)) return;
    const owner = this.entry(ownerOf(stream));
    owner.metadataText = recordDataText(buffer, at);
    owner.metadata = parseStreamMetadata(owner.metadataText);
    owner.visibleMetadata = owner.metadata;
  };

  /** Tombstoned itself, or the metadata stream of a tombstoned one. */
  isTombstoned(stream: string, side: 'accepted' | 'visible'): boolean {
    const gone = (name: string): boolean => {
      const entry = this.streams.get(name);
      return side === 'accepted' ? entry?.tombstoned === true : entry?.tombstoneVisible === true;
    };
    return gone(stream) || (isMetastream(stream) && gone(ownerOf(stream)));
  }

  visibleMetadata(entry: StreamEntry): StreamMetadata {
    return isMetastream(entry.name) ? OF_METASTREAMS : entry.visibleMetadata;
  }
}
