import { BLOCK_HEADER, blockChecksum, blockIsSound, claimedBlockLength } from './block.js';
import { isSegmentHeader, SEGMENT_HEADER, type Segment } from './segment.js';

/** A block by its place and checksum: enough to know it again. */
export interface BlockMark {
  readonly position: number;
  readonly checksum: number;
}

/** A place in the log up to which everything it held is kept elsewhere, so that opening need not read it again. */
export interface ResumePoint {
  readonly position: number;
  /** The checksum of the log's first block, which is unlike that of any other log. */
  readonly first: number;
  /** The block that ends at the position. */
  readonly last: BlockMark;
  /** Where the chunks up to there begin and end. */
  readonly starts: Float64Array;
  readonly ends: Float64Array;
  /** Called before the rest is visited, once the log is known to be the one meant. */
  adopt(): void;
}

/** The checksum of a log's first block; undefined where there is none yet. */
export const firstChecksum = async (segments: readonly Segment[]): Promise<number | undefined> => {
  const segment = segments[0];
  const header = Buffer.alloc(BLOCK_HEADER);
  if (segment === undefined || segment.base !== 0) return undefined;
  if ((await segment.file.read(header, SEGMENT_HEADER)) < BLOCK_HEADER) return undefined;
  return claimedBlockLength(header, 0, SEGMENT_HEADER) === 0 ? undefined : blockChecksum(header, 0);
};

const readBlock = async (segment: Segment, position: number, end: number): Promise<Buffer> => {
  const block = Buffer.alloc(Math.max(0, end - position));
  return block.subarray(0, await segment.file.read(block, position - segment.base));
};

const hasHeader = async ({ base, file }: Segment): Promise<boolean> => {
  const header = Buffer.alloc(SEGMENT_HEADER);
  return (await file.read(header, 0)) === SEGMENT_HEADER && isSegmentHeader(header, base);
};

/** True when the segments before the point follow on each other and the point's last block is there as it was. */
export const reaches = async (segments: readonly Segment[], { position, last }: ResumePoint): Promise<boolean> => {
  for (const [index, segment] of segments.entries()) {
    const next = segments[index + 1];
    if (!(await hasHeader(segment))) return false;
    if (next !== undefined && next.base <= position) {
      if ((await segment.file.size()) !== next.base - segment.base) return false;
      if (last.position >= next.base) continue;
    }
    const block = await readBlock(segment, last.position, position);
    if (!blockIsSound(block, 0, last.position) || block.length !== claimedBlockLength(block, 0, last.position)) return false;
    return last.position + block.length === position && blockChecksum(block, 0) === last.checksum;
  }
  return false;
};
