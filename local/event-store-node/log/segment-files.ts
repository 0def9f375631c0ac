import type { Disk, DiskFile } from '../disk/disk.js';
import { DiskFullError, isDiskFull } from './errors.js';
import { type Segment, segmentHeader, segmentName } from './segment.js';

/** The log's files, of which the last is written to. Throws DiskFullError when there is no room, having left nothing behind. */
export class SegmentFiles {
  constructor(
    private readonly disk: Disk,
    readonly all: Segment[],
  ) {}

  /** Where the last segment begins. */
  get base(): number {
    return this.all.at(-1)?.base ?? 0;
  }

  /** Makes a segment that begins at the position. */
  async add(base: number): Promise<void> {
    const name = segmentName(base);
    let file: DiskFile | undefined;
    try {
      file = await this.disk.create(name);
      await file.write(segmentHeader(base), 0);
      await file.sync();
      this.all.push({ base, name, file });
    } catch (error) {
      if (!isDiskFull(error)) throw error;
      await file?.close();
      await this.disk.remove(name);
      throw new DiskFullError(error);
    }
  }

  /** Writes a block at its position, the end of the last segment, and syncs it. */
  async append(block: Buffer, position: number): Promise<void> {
    const segment = this.all.at(-1);
    if (segment === undefined) throw new Error('the log has no segment');
    const offset = position - segment.base;
    try {
      await segment.file.write(block, offset);
    } catch (error) {
      if (!isDiskFull(error)) throw error;
      await segment.file.truncate(offset);
      throw new DiskFullError(error);
    }
    await segment.file.sync();
  }

  async close(): Promise<void> {
    await Promise.all(this.all.map((segment) => segment.file.close()));
  }
}
