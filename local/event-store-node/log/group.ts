import { BLOCK_HEADER, sealBlock } from './block.js';
import { recordLength } from './record.js';

/** Told what became of the group's bytes. */
export interface Commit {
  synced(): void;
  /** Nothing not yet synced will ever be stored: what was decided on top of the synced log is to be forgotten. */
  undo(): void;
  /** The append is not acknowledged. */
  failed(error: Error): void;
}

const INITIAL = 64 * 1024;

/** The appends that will share one write and one sync. Records are laid down at their final positions as they are decided. */
export class Group {
  readonly commits: Commit[] = [];
  length = BLOCK_HEADER;
  private records = 0;
  private buffer: Buffer;

  /** `position` is the place in the log of the block's first byte. */
  constructor(
    readonly position: number,
    scratch: Buffer | undefined,
  ) {
    this.buffer = scratch ?? Buffer.allocUnsafeSlow(INITIAL);
  }

  get end(): number {
    return this.position + this.length;
  }

  get empty(): boolean {
    return this.commits.length === 0;
  }

  /** The buffer to lay records in, from `length` on, with room for `bytes` more. */
  room(bytes: number): Buffer {
    const needed = this.length + bytes;
    if (needed > this.buffer.length) {
      const larger = Buffer.allocUnsafeSlow(Math.max(needed, this.buffer.length * 2));
      this.buffer.copy(larger, 0, 0, this.length);
      this.buffer = larger;
    }
    return this.buffer;
  }

  /** Counts in the record just laid down at `length`. */
  add(): void {
    this.length += recordLength(this.buffer, this.length);
    this.records += 1;
  }

  holds(position: number): boolean {
    return position >= this.position && position < this.end;
  }

  get bytes(): Buffer {
    return this.buffer;
  }

  seal(): Buffer {
    const block = this.buffer.subarray(0, this.length);
    sealBlock(block, this.position, this.records);
    return block;
  }

  /** The buffer, given back for another group once nothing reads it. */
  release(): Buffer | undefined {
    return this.buffer.length <= 4 * 1024 * 1024 ? this.buffer : undefined;
  }
}
