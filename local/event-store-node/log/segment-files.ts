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
    } catch (error) {
      if (!isDiskFull(error)) throw error;
      await file?.close();
      await this.disk.remove(name);
      throw new DiskFullError(error);
    }
    try {
      await file.sync();
    } catch (error) {
      await this.bestEffort(() => file.close());
      await this.bestEffort(() => this.disk.remove(name));
      throw error;
    }
    this.all.push({ base, name, file });
  }

  /** Writes a block at its position, the end of the last segment, and syncs it. Whatever a sync says, a full disk included, is a failure. */
  async append(block: Buffer, position: number): Promise<void> {
    const segment = this.last();
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

  /**
   * Takes off what lies behind the synced end, as far as the disk still lets it: after a failed sync the system may read it back
   * although no disk has it, and the next start would take it for stored.
   */
  async cutBack(end: number): Promise<void> {
    await this.bestEffort(async () => {
      const { base, file } = this.last();
      await file.truncate(end - base);
    });
  }

  /** Syncs what lies at the position, by a handle of its own: a failure told to this one is still told to the one appends use. */
  async syncAt(position: number): Promise<void> {
    const segment = this.all.findLast(({ base }) => base <= position);
    if (segment === undefined) return;
    const file = await this.disk.open(segment.name);
    try {
      await file.sync();
    } finally {
      await file.close();
    }
  }

  private last(): Segment {
    const segment = this.all.at(-1);
    if (segment === undefined) throw new Error('the log has no segment');
    return segment;
  }

  private async bestEffort(work: () => Promise<void>): Promise<void> {
    await work().catch(() => undefined);
  }

  async close(): Promise<void> {
    await Promise.all(this.all.map((segment) => segment.file.close()));
  }
}
