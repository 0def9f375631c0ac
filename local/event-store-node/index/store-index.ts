import { FLAG_TOMBSTONE, recordDataText, recordFlags, recordRevision, recordStream } from '../log/record.js';
import type { SavedStream } from './saved-stream.js';
import { StreamEntry } from './stream-entry.js';
import { NO_METADATA, OF_METASTREAMS, parseStreamMetadata, type StreamMetadata } from './stream-metadata.js';

export const isMetastream = (stream: string): boolean => stream.startsWith('$$');
export const metastreamOf = (stream: string): string => `$$${stream}`;
export const ownerOf = (metastream: string): string => metastream.slice(2);

/** All streams by name. It can always be rebuilt by visiting the log; a checkpoint of it spares most of that. */
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

  /** Lets go of a stream that was only named: neither written to nor about, and nobody waits for it. */
  release(entry: StreamEntry): void {
    if (entry.blank && this.streams.get(entry.name) === entry) this.streams.delete(entry.name);
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
    entry.load(recordRevision(buffer, at), position);
    if (!isMetastream(stream)) return;
    const owner = this.entry(ownerOf(stream));
    owner.metadata = parseStreamMetadata(recordDataText(buffer, at));
    owner.visibleMetadata = owner.metadata;
  };

  /** Everything synced, as of now. It costs little: a stream's positions are asked for only when its part is called. */
  snapshot(): (() => SavedStream)[] {
    const parts: (() => SavedStream)[] = [];
    for (const entry of this.streams.values()) {
      const { name, visible, visibleMetadata, tombstoneVisible: tombstoned } = entry;
      if (visible === 0 && !tombstoned && visibleMetadata === NO_METADATA) continue;
      const metadataText = visibleMetadata === NO_METADATA ? '' : visibleMetadata.text;
      parts.push(() => ({ name, metadataText, tombstoned, positions: entry.firstPositions(visible) }));
    }
    return parts;
  }

  /** Takes over one stream of a snapshot. */
  restore({ name, metadataText, tombstoned, positions }: SavedStream): void {
    const entry = this.entry(name);
    entry.restore(positions);
    entry.tombstoned = tombstoned;
    entry.tombstoneVisible = tombstoned;
    if (metadataText !== '') entry.metadata = parseStreamMetadata(metadataText);
    entry.visibleMetadata = entry.metadata;
    this.events += positions.length + (tombstoned ? 1 : 0);
  }

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
