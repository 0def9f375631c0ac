import { blockChecksum, blockIsSound, claimedBlockLength, onceDurable } from './block.js';
import type { ChunkMap } from './chunks.js';
import { DamagedLogError, isUnreadable } from './errors.js';
import { RecordWalk } from './record-walk.js';
import type { BlockMark } from './resume.js';
import { isSegmentHeader, SEGMENT_HEADER, type Segment, segmentName } from './segment.js';

/** Told of every durable record in log order: the buffer, the record's offset in it, its position. */
export type RecordVisitor = (buffer: Buffer, at: number, position: number) => void;

interface Found {
  readonly end: number;
  readonly dropped: number;
  readonly lastBlock: BlockMark | undefined;
  readonly damage: DamagedLogError | undefined;
  /** The last segment, where its making was cut short: it holds nothing, and the log ends before it. */
  readonly unbegun: Segment | undefined;
}

/** A segment from a position on; undefined where the disk cannot read it. */
const bytesFrom = async ({ base, file }: Segment, from: number): Promise<Buffer | undefined> => {
  const buffer = Buffer.allocUnsafeSlow(Math.max(0, (await file.size()) - (from - base)));
  try {
    return buffer.subarray(0, await file.read(buffer, from - base));
  } catch (error) {
    if (isUnreadable(error)) return undefined;
    throw error;
  }
};

/** One pass over the segments, noting where sound blocks lie and where what should be there is not. */
export class LogScan {
  private end = 0;
  private dropped = 0;
  private lastBlock: BlockMark | undefined;
  private damage: DamagedLogError | undefined;
  private unbegun: Segment | undefined;

  /** `known` is a position the log had once reached: to end before it is damage. */
  constructor(
    private readonly chunks: ChunkMap,
    private readonly visit: RecordVisitor,
    private readonly known: number,
  ) {}

  async run(segments: readonly Segment[], from: number): Promise<Found> {
    for (const [index, segment] of segments.entries()) {
      const next = segments[index + 1];
      if (next !== undefined && next.base <= from) this.end = next.base;
      else await this.segment(segment, segments[index - 1], next === undefined, Math.max(from, segment.base));
    }
    const last = segments.at(-1);
    if (this.end < this.known) this.lost(last, this.known);
    const { end, dropped, lastBlock, damage, unbegun } = this;
    return { end, dropped, lastBlock, damage, unbegun };
  }

  private async segment(segment: Segment, before: Segment | undefined, last: boolean, from: number): Promise<void> {
    const { base, name, file } = segment;
    if (this.end > base && from === base) throw new DamagedLogError(name, 0);
    if (this.end < base) this.lost(before, base);
    this.end = from;
    const bytes = await bytesFrom(segment, from);
    if (bytes === undefined) return this.lost(segment, base + (await file.size()));
    if (from === base) {
      this.end = base + SEGMENT_HEADER;
      if (!isSegmentHeader(bytes.subarray(0, SEGMENT_HEADER), base)) {
        if (last && base >= this.known && bytes.length <= SEGMENT_HEADER) {
          if (this.damage !== undefined) return;
          this.unbegun = segment;
          this.end = base;
          return;
        }
        this.note(name, 0);
      }
    }
    this.blocks(segment, bytes, from);
    const rest = from + bytes.length - this.end;
    if (rest <= 0) return;
    if (!last || this.end < this.known) this.lost(segment, from + bytes.length);
    else {
      if (this.damage !== undefined) return;
      await file.truncate(this.end - base);
      this.dropped = rest;
    }
  }

  /** Visits every sound block; what is none and was once durable is damage. The first that may never have been ends the log. */
  private blocks(segment: Segment, bytes: Buffer, from: number): void {
    for (let at = this.end - from; at < bytes.length; at = this.end - from) {
      if (!blockIsSound(bytes, at, from + at)) {
        const behind = onceDurable(bytes, at, from);
        if (behind === at) return;
        this.lost(segment, from + behind);
        continue;
      }
      const length = claimedBlockLength(bytes, at, from + at);
      this.chunks.add(from + at, length);
      this.lastBlock = { position: from + at, checksum: blockChecksum(bytes, at) };
      const walk = new RecordWalk(bytes.subarray(at, at + length), from + at, length);
      while (walk.advance()) this.visit(walk.buffer, walk.at, walk.position);
      this.end = from + at + length;
    }
  }

  /** Everything from the end so far up to a position is gone. It becomes a chunk of its own, so that who reads it is told. */
  private lost(segment: Segment | undefined, until: number): void {
    this.note(segment?.name ?? segmentName(0), this.end - (segment?.base ?? 0));
    this.chunks.seal();
    this.chunks.add(this.end, until - this.end);
    this.chunks.seal();
    this.end = until;
  }

  private note(segment: string, offset: number): void {
    this.damage ??= new DamagedLogError(segment, offset);
  }
}
