import type { Disk } from '../disk/disk.js';
import { readCheckpoint, type SavedIndex, writeCheckpoint } from '../index/checkpoint-format.js';
import type { StoreIndex } from '../index/store-index.js';
import { isUnreadable } from '../log/errors.js';
import type { EventLog } from '../log/event-log.js';

const NAME = 'index.checkpoint';
const EVERY = 64 * 1024 * 1024;
/** A checkpoint may cost at most a quarter of what the log itself wrote since the one before. */
const GROWTH_PER_BYTE = 4;

/** The index checkpoint of a disk, if there is one that reads back whole. */
export const loadCheckpoint = async (disk: Disk): Promise<SavedIndex | undefined> => {
  if (!(await disk.list()).includes(NAME)) return undefined;
  const file = await disk.open(NAME);
  try {
    const bytes = Buffer.allocUnsafeSlow(await file.size());
    return readCheckpoint(bytes.subarray(0, await file.read(bytes, 0)));
  } catch (error) {
    // one that cannot be read is as good as none: the whole log is
    if (!isUnreadable(error)) throw error;
    return undefined;
  } finally {
    await file.close();
  }
};

export interface CheckpointerOptions {
  /** Bytes the log grows by between two checkpoints, at least. */
  readonly checkpointEvery?: number;
  /** Told when one could not be written, which costs nothing but a longer start. */
  readonly onCheckpointFailed?: (error: Error) => void;
}

/** Writes the index down as the log grows, one checkpoint at a time, and when asked to. */
export class Checkpointer {
  private writing: Promise<void> | undefined;
  private readonly stop: () => void;
  private size = 0;

  constructor(
    private readonly disk: Disk,
    private readonly log: EventLog,
    private readonly index: StoreIndex,
    /** The position the last checkpoint stands at. */
    public position: number,
    private readonly options: CheckpointerOptions,
  ) {
    this.stop = log.onGrowth(() => {
      if (this.writing === undefined && log.end - this.position >= this.interval) void this.write();
    });
    if (log.damage !== undefined) this.forget();
  }

  /** Writes one last checkpoint if the log has grown since. */
  async close(): Promise<void> {
    this.stop();
    await this.writing;
    if (this.log.end > this.position) await this.write();
  }

  /** Removes the checkpoint and writes no other, so that the next start reads the whole log. */
  forget(): void {
    this.stop();
    this.writing = (this.writing ?? Promise.resolve())
      .then(() => this.disk.remove(NAME))
      .catch((error: Error) => this.options.onCheckpointFailed?.(error));
  }

  private get interval(): number {
    return Math.max(this.options.checkpointEvery ?? EVERY, this.size * GROWTH_PER_BYTE);
  }

  private write(): Promise<void> {
    const mark = this.log.mark();
    if (mark === undefined || mark.position <= this.position) return Promise.resolve();
    this.position = mark.position;
    const streams = this.index.snapshot();
    const fill = async (): Promise<void> => {
      const first = await this.log.first();
      if (first === undefined) return;
      await this.log.sync(mark);
      await this.disk.replace(NAME, async (file) => {
        this.size = await writeCheckpoint(file, mark, first, streams);
      });
    };
    this.writing = fill()
      .catch((error: Error) => this.options.onCheckpointFailed?.(error))
      .then(() => {
        this.writing = undefined;
      });
    return this.writing;
  }
}
