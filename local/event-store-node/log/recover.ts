import type { Disk } from '../disk/disk.js';
import type { ChunkMap } from './chunks.js';
import { type DamagedLogError, isUnreadable } from './errors.js';
import { LogScan, type RecordVisitor } from './log-scan.js';
import { type BlockMark, firstChecksum, type ResumePoint, reaches } from './resume.js';
import { type Segment, segmentBase, segmentName } from './segment.js';

/** The log as found on the disk. `end` is where the next block goes; `dropped` counts torn bytes cut off the tail. */
export interface RecoveredLog {
  readonly segments: Segment[];
  readonly end: number;
  readonly dropped: number;
  readonly lastBlock: BlockMark | undefined;
  /** What lies before this position was taken from the resume point and not read. */
  readonly unread: number;
  readonly damage: DamagedLogError | undefined;
}

const openSegments = async (disk: Disk): Promise<Segment[]> => {
  const bases = (await disk.list()).flatMap((name) => segmentBase(name) ?? []).sort((a, b) => a - b);
  const segments: Segment[] = [];
  for (const base of bases) segments.push({ base, name: segmentName(base), file: await disk.open(segmentName(base)) });
  return segments;
};

/** What cannot be read agrees with nothing. */
const unlessUnreadable = (error: unknown): undefined => {
  if (!isUnreadable(error)) throw error;
};

/**
 * What was read may be in the system's cache only: a process killed between write and sync leaves a sound block that no disk has. Readers and
 * repeated appends are about to be told of it, so it is synced first. Two segments, because the last may have been begun right behind such a block.
 * A sync that fails keeps the node from starting.
 */
const syncTail = async (segments: readonly Segment[]): Promise<void> => {
  for (const segment of segments.slice(-2)) await segment.file.sync();
};

/** Takes off the last segment: the next append makes it anew, which an opening on a full disk could not. */
const discard = async (disk: Disk, segments: Segment[], { file, name }: Segment): Promise<void> => {
  segments.pop();
  await file.close();
  await disk.remove(name);
};

/**
 * Reads the log from the resume point, or all of it where there is none that fits: every block's checksum is verified and
 * every record visited. A torn last block is cut off, since a block is acknowledged only when whole on disk. Whatever else
 * does not read back is damage: what is sound on both sides of it is visited, and nothing on the disk is touched.
 */
export const recoverLog = async (
  disk: Disk,
  chunks: ChunkMap,
  visit: RecordVisitor,
  resume?: ResumePoint,
): Promise<RecoveredLog> => {
  const segments = await openSegments(disk);
  const ours =
    resume !== undefined && (await firstChecksum(segments).catch(unlessUnreadable)) === resume.first ? resume : undefined;
  const from = ours !== undefined && (await reaches(segments, ours).catch(unlessUnreadable)) === true ? ours : undefined;
  if (from !== undefined) {
    chunks.restore(from.starts, from.ends);
    from.adopt();
  }
  const scan = new LogScan(chunks, visit, ours?.position ?? 0);
  const { unbegun, ...found } = await scan.run(segments, from?.position ?? 0);
  chunks.seal();
  if (unbegun !== undefined) await discard(disk, segments, unbegun);
  if (found.damage === undefined) await syncTail(segments);
  return { segments, ...found, lastBlock: found.lastBlock ?? from?.last, unread: from?.position ?? 0 };
};
