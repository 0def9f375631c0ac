import type { Disk, DiskFile } from '../disk/disk.js';
import { blockIsSound, claimedBlockLength, findSoundBlock } from './block.js';
import type { ChunkMap } from './chunks.js';
import { RecordWalk } from './record-walk.js';
import { isSegmentHeader, SEGMENT_HEADER, type Segment, segmentBase, segmentHeader, segmentName } from './segment.js';

/** Told of every durable record in log order: the buffer, the record's offset in it, its position. */
export type RecordVisitor = (buffer: Buffer, at: number, position: number) => void;

/** Bytes that were once acknowledged no longer read back: the store must not guess what they were. */
export class DamagedLogError extends Error {
  constructor(
    readonly segment: string,
    readonly offset: number,
  ) {
    super(`The event log is damaged: segment ${segment} at offset ${offset}. Restore the folder from a copy.`);
    this.name = 'DamagedLogError';
  }
}

/** The log as found on the disk. `end` is where the next block goes; `dropped` counts torn bytes cut off the tail. */
export interface RecoveredLog {
  readonly segments: Segment[];
  readonly end: number;
  readonly dropped: number;
}

const readWhole = async (file: DiskFile): Promise<Buffer> => {
  const buffer = Buffer.allocUnsafeSlow(await file.size());
  return buffer.subarray(0, await file.read(buffer, 0));
};

/** Visits the sound blocks from the segment's start; returns the offset after the last of them. */
const visitBlocks = (bytes: Buffer, base: number, chunks: ChunkMap, visit: RecordVisitor): number => {
  let at = SEGMENT_HEADER;
  while (blockIsSound(bytes, at, base + at)) {
    const length = claimedBlockLength(bytes, at, base + at);
    chunks.add(base + at, length);
    const walk = new RecordWalk(bytes.subarray(at, at + length), base + at, length);
    while (walk.advance()) visit(walk.buffer, walk.at, walk.position);
    at += length;
  }
  return at;
};

const recoverLast = async (segment: Segment, bytes: Buffer, at: number): Promise<number> => {
  if (findSoundBlock(bytes, at + 1, segment.base) >= 0) throw new DamagedLogError(segment.name, at);
  const dropped = Math.max(0, bytes.length - at);
  if (dropped > 0) await segment.file.truncate(at);
  return dropped;
};

/**
 * Reads the whole log once: every block's checksum is verified and every record visited. A torn last block is cut off,
 * since a block is acknowledged only when whole on disk; anything else that does not read back is a DamagedLogError.
 */
export const recoverLog = async (disk: Disk, chunks: ChunkMap, visit: RecordVisitor): Promise<RecoveredLog> => {
  const bases = (await disk.list()).flatMap((name) => segmentBase(name) ?? []).sort((a, b) => a - b);
  const segments: Segment[] = [];
  let end = 0;
  let dropped = 0;
  for (const [index, base] of bases.entries()) {
    const name = segmentName(base);
    const last = index === bases.length - 1;
    const segment = { base, name, file: await disk.open(name) };
    segments.push(segment);
    const bytes = await readWhole(segment.file);
    if (base !== end) throw new DamagedLogError(name, 0);
    if (!isSegmentHeader(bytes.subarray(0, SEGMENT_HEADER), base)) {
      if (!last || findSoundBlock(bytes, 0, base) >= 0) throw new DamagedLogError(name, 0);
      await segment.file.truncate(0);
      await segment.file.writeDurably(segmentHeader(base), 0);
      end = base + SEGMENT_HEADER;
      continue;
    }
    const at = visitBlocks(bytes, base, chunks, visit);
    if (at < bytes.length) {
      if (!last) throw new DamagedLogError(name, at);
      dropped = await recoverLast(segment, bytes, at);
    }
    end = base + at;
  }
  chunks.seal();
  return { segments, end, dropped };
};
