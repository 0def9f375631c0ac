import { NO_METADATA, type StreamMetadata } from './stream-metadata.js';

const NO_POSITIONS = new Float64Array(0);

/** Stands in for the position of an event that damage has taken. */
export const LOST = -1;

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

  /** Takes in a synced event found in the log; the revisions missing before it are lost. */
  load(revision: number, position: number): void {
    while (this.count < revision) this.add(LOST);
    this.add(position);
    this.visible = this.count;
  }

  /** Takes over kept positions of synced events. */
  restore(positions: Float64Array): void {
    this.positions = positions;
    this.count = positions.length;
    this.visible = positions.length;
  }

  position(revision: number): number {
    return this.positions[revision] ?? LOST;
  }

  /** The revision of the event at a position; undefined where that is no event of this stream. */
  revisionAt(position: number): number | undefined {
    let low = 0;
    let high = this.count - 1;
    while (low < high) {
      const middle = (low + high + 1) >>> 1;
      if (this.position(middle) <= position) low = middle;
      else high = middle - 1;
    }
    return this.position(low) === position && low < this.count ? low : undefined;
  }

  /** The positions of the first `count` events; those of synced events never change. */
  firstPositions(count: number): Float64Array {
    return this.positions.subarray(0, count);
  }

  /** Forgets everything not yet synced. */
  rollBack(): void {
    this.count = this.visible;
    this.metadata = this.visibleMetadata;
    this.tombstoned = this.tombstoneVisible;
    this.unsynced = 0;
  }

  /** True while nothing is known of the stream and nobody waits for it. */
  get blank(): boolean {
    const known = this.count > 0 || this.metadata !== NO_METADATA || this.visibleMetadata !== NO_METADATA || this.tombstoned;
    return !known && this.unsynced === 0 && (this.wakes?.size ?? 0) === 0;
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
