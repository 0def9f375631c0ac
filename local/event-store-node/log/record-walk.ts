import { BLOCK_HEADER } from './block.js';
import { recordLength } from './record.js';

/** Steps through the records of consecutive whole blocks without allocating; `at` is the current record's offset. */
export class RecordWalk {
  at = 0;
  private next = 0;
  private blockEnd = 0;

  /** `buffer` holds whole blocks up to `length`; `base` is the position of its first byte. `length` may grow as blocks are added. */
  constructor(
    public buffer: Buffer,
    readonly base: number,
    public length: number,
  ) {}

  get position(): number {
    return this.base + this.at;
  }

  /** Moves to the next record; false at the end. */
  advance(): boolean {
    if (this.next >= this.blockEnd) {
      if (this.next >= this.length) return false;
      this.blockEnd = this.next + BLOCK_HEADER + this.buffer.readUInt32LE(this.next + 4);
      this.next += BLOCK_HEADER;
    }
    this.at = this.next;
    this.next += recordLength(this.buffer, this.at);
    return true;
  }
}
