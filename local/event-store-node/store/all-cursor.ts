import type { EventLog } from '../log/event-log.js';
import { RecordWalk } from '../log/record-walk.js';

/** Goes through the synced records of the whole log, forwards, from the first one at or after a position. */
export class AllCursor {
  private index: number;
  private walk: RecordWalk | undefined;

  constructor(
    private readonly log: EventLog,
    private readonly from: number,
  ) {
    this.index = log.chunkIndexOf(from);
  }

  get buffer(): Buffer {
    return this.walk?.buffer ?? EMPTY;
  }

  get at(): number {
    return this.walk?.at ?? 0;
  }

  get position(): number {
    return this.walk?.position ?? this.from;
  }

  /** The next record of what is loaded; false when `load` must be asked first. */
  advance(): boolean {
    const walk = this.walk;
    if (walk === undefined) return false;
    while (walk.advance()) if (walk.position >= this.from) return true;
    return false;
  }

  /** Brings in what follows; false at the head of the log. */
  async load(): Promise<boolean> {
    if (this.index >= this.log.chunkCount) return false;
    if (this.walk === undefined) return this.enter();
    const found = this.log.chunk(this.index);
    const current = found instanceof Promise ? await found : found;
    if (current.length > this.walk.length) {
      this.walk.buffer = current.buffer;
      this.walk.length = current.length;
      return true;
    }
    if (this.index + 1 >= this.log.chunkCount) return false;
    this.index += 1;
    return this.enter();
  }

  /** True when the reader has fallen so far behind that its place is no longer in memory. */
  get behindMemory(): boolean {
    return this.index < this.log.chunkCount && !this.log.inTail(this.index);
  }

  private async enter(): Promise<boolean> {
    const found = this.log.chunk(this.index);
    const chunk = found instanceof Promise ? await found : found;
    this.walk = new RecordWalk(chunk.buffer, chunk.base, chunk.length);
    return true;
  }
}

const EMPTY = Buffer.alloc(0);
