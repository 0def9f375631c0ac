import { blockIsSound, claimedBlockLength } from './block.js';
import type { Chunk, ChunkMap } from './chunks.js';
import { DamagedLogError } from './recover.js';
import type { Segment } from './segment.js';

const KEPT_BYTES = 8 * 1024 * 1024;

/** Reads chunks back from the segment files, sharing reads in flight and keeping the chunks used last. */
export class SegmentReader {
  private readonly kept = new Map<number, Chunk>();
  private keptBytes = 0;
  private readonly reading = new Map<number, Promise<Chunk>>();

  constructor(
    private readonly segments: readonly Segment[],
    private readonly chunks: ChunkMap,
  ) {}

  /** Throws DamagedLogError when a block no longer has the bytes that were written. */
  chunk(index: number): Chunk | Promise<Chunk> {
    const kept = this.kept.get(index);
    if (kept !== undefined) {
      this.kept.delete(index);
      this.kept.set(index, kept);
      return kept;
    }
    const reading = this.reading.get(index) ?? this.read(index).finally(() => this.reading.delete(index));
    this.reading.set(index, reading);
    return reading;
  }

  private async read(index: number): Promise<Chunk> {
    const base = this.chunks.start(index);
    const buffer = Buffer.allocUnsafeSlow(this.chunks.end(index) - base);
    const segment = this.segmentAt(base);
    const length = await segment.file.read(buffer, base - segment.base);
    for (let at = 0; at < buffer.length; at += claimedBlockLength(buffer, at, base + at)) {
      if (at >= length || !blockIsSound(buffer, at, base + at)) throw new DamagedLogError(segment.name, base + at - segment.base);
    }
    const chunk = { buffer, base, length: buffer.length };
    this.keep(index, chunk);
    return chunk;
  }

  private keep(index: number, chunk: Chunk): void {
    this.kept.set(index, chunk);
    this.keptBytes += chunk.length;
    for (const [oldest, { length }] of this.kept) {
      if (this.keptBytes <= KEPT_BYTES || oldest === index) return;
      this.kept.delete(oldest);
      this.keptBytes -= length;
    }
  }

  private segmentAt(position: number): Segment {
    let low = 0;
    let high = this.segments.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >>> 1;
      if ((this.segments[middle]?.base ?? 0) <= position) low = middle;
      else high = middle - 1;
    }
    const segment = this.segments[low];
    if (segment === undefined) throw new Error('the log has no segment');
    return segment;
  }
}
