import { NO_METADATA, type StreamMetadata } from './stream-metadata.js';

const NO_POSITIONS = new Float64Array(0);

/**
 * What is remembered of one stream: where its events lie, nothing of their bodies. The writer decides by everything
 * accepted so far; readers see only what is synced, the `visible` part.
 */
export class StreamEntry {
  private positions: Float64Array = NO_POSITIONS;
  /** Events accepted; the last revision is one less. */
  count = 0;
  visible = 0;
  metadata: StreamMetadata = NO_METADATA;
  /** The metadata event's JSON, kept to carry its other fields over when a soft-deleted stream comes back. */
  metadataText = '{}';
  visibleMetadata: StreamMetadata = NO_METADATA;
  tombstoned = false;
  tombstoneVisible = false;
  /** Appends to this stream (or about it) that are not yet synced. */
  unsynced = 0;
  private wakes: Set<() => void> | undefined;

  constructor(readonly name: string) {}

  add(position: number): void {
    if (this.count === this.positions.length) {
      const larger = new Float64Array(this.count < 8 ? 8 : Math.ceil(this.count * 1.5));
      larger.set(this.positions);
      this.positions = larger;
    }
    this.positions[this.count] = position;
    this.count += 1;
  }

  position(revision: number): number {
    return this.positions[revision] ?? -1;
  }

  /** Calls `wake` whenever the stream has changed for readers; returns the way to stop it. */
  onChange(wake: () => void): () => void {
    this.wakes ??= new Set();
    this.wakes.add(wake);
    return () => this.wakes?.delete(wake);
  }

  changed(): void {
    if (this.wakes !== undefined) for (const wake of this.wakes) wake();
  }
}
