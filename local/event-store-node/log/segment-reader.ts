import { blockIsSound, claimedBlockLength } from './block.js';
import type { Chunk, ChunkMap } from './chunks.js';
import { DamagedLogError, isUnreadable } from './errors.js';
import { type Segment, segmentName } from './segment.js';

const KEPT_BYTES = 8 * 1024 * 1024;

/** Reads chunks back from the segment files, sharing reads in flight and keeping the chunks used last. */
export class SegmentReader {
  private readonly kept = new Map<number, Chunk>();
  private keptBytes = 0;
  private readonly reading = new Map<number, Promise<Chunk>>();

  constructor(
    private readonly segments: readonly Segment[],
    private readonly chunks: ChunkMap,
    /** Told of every block that does not read back. */
    private readonly onDamage: (damage: DamagedLogError) => void,
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
    const chunk = await this.verify(index);
    this.keep(index, chunk);
    return chunk;
  }

  /** Reads a chunk from the disk, whatever is in memory. Throws DamagedLogError. */
  async verify(index: number): Promise<Chunk> {
    const base = this.chunks.start(index);
    const buffer = Buffer.allocUnsafeSlow(this.chunks.end(index) - base);
    const segment = this.segmentAt(base);
    const length = segment === undefined ? 0 : await readFrom(segment, buffer, base);
    for (let at = 0; at < buffer.length; at += claimedBlockLength(buffer, at, base + at)) {
      if (at < length && blockIsSound(buffer, at, base + at)) continue;
      const damage = new DamagedLogError(segment?.name ?? segmentName(0), base + at - (segment?.base ?? 0));
      this.onDamage(damage);
      throw damage;
    }
    return { buffer, base, length: buffer.length };
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

  private segmentAt(position: number): Segment | undefined {
    let low = 0;
    let high = this.segments.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >>> 1;
      if ((this.segments[middle]?.base ?? 0) <= position) low = middle;
      else high = middle - 1;
    }
    const segment = this.segments[low];
    return segment !== undefined && segment.base <= position ? segment : undefined;
  }
}

/** The bytes read; none where the disk cannot read them, which is damage like any other. */
const readFrom = async (segment: Segment, buffer: Buffer, position: number): Promise<number> => {
  try {
    return await segment.file.read(buffer, position - segment.base);
  } catch (error) {
    if (isUnreadable(error)) return 0;
    throw error;
  }
};
