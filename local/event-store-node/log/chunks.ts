/** Whole blocks that lie together in one segment: the unit of reading. `length` grows while the chunk is the log's last. */
export interface Chunk {
  readonly buffer: Buffer;
  readonly base: number;
  readonly length: number;
}

const CHUNK_SIZE = 64 * 1024;

/** Where every chunk of the log begins and ends: 16 bytes for each 64 KiB of log. */
export class ChunkMap {
  private starts = new Float64Array(64);
  private ends = new Float64Array(64);
  count = 0;
  private sealed = false;

  /** Makes the next block begin a chunk of its own. */
  seal(): void {
    this.sealed = true;
  }

  /** Notes a block that follows the last one; true when it begins a new chunk. */
  add(position: number, length: number): boolean {
    const last = this.count - 1;
    if (!this.sealed && last >= 0 && this.end(last) === position && position + length - this.start(last) <= CHUNK_SIZE) {
      this.ends[last] = position + length;
      return false;
    }
    this.sealed = false;
    if (this.count === this.starts.length) {
      this.starts = grown(this.starts);
      this.ends = grown(this.ends);
    }
    this.starts[this.count] = position;
    this.ends[this.count] = position + length;
    this.count += 1;
    return true;
  }

  /** All chunks as two columns, for keeping elsewhere. */
  columns(): { readonly starts: Float64Array; readonly ends: Float64Array } {
    return { starts: this.starts.slice(0, this.count), ends: this.ends.slice(0, this.count) };
  }

  /** Takes over kept columns in place of what is here. */
  restore(starts: Float64Array, ends: Float64Array): void {
    this.count = starts.length;
    this.starts = new Float64Array(Math.max(64, this.count));
    this.ends = new Float64Array(Math.max(64, this.count));
    this.starts.set(starts);
    this.ends.set(ends);
  }

  start(index: number): number {
    return this.starts[index] ?? 0;
  }

  end(index: number): number {
    return this.ends[index] ?? 0;
  }

  /** The last chunk that begins at or before the position; 0 when none does. */
  indexOf(position: number): number {
    let low = 0;
    let high = this.count - 1;
    while (low < high) {
      const middle = (low + high + 1) >>> 1;
      if (this.start(middle) <= position) low = middle;
      else high = middle - 1;
    }
    return low;
  }
}

const grown = (array: Float64Array): Float64Array<ArrayBuffer> => {
  const larger = new Float64Array(array.length * 2);
  larger.set(array);
  return larger;
};

interface TailChunk {
  buffer: Buffer;
  base: number;
  length: number;
}

/** The newest chunks, kept in memory so that reads near the head never touch the disk. */
export class Tail {
  private readonly chunks = new Map<number, TailChunk>();
  private held = 0;

  /** `limit` bounds the bytes held; the newest chunk always is. */
  constructor(private readonly limit: number) {}

  /** Copies a durable block in. */
  add(index: number, begins: boolean, position: number, block: Buffer): void {
    if (begins) {
      const buffer = Buffer.allocUnsafeSlow(Math.max(CHUNK_SIZE, block.length));
      this.chunks.set(index, { buffer, base: position, length: 0 });
      this.held += buffer.length;
      this.shrink();
    }
    const chunk = this.chunks.get(index);
    if (chunk === undefined) return;
    block.copy(chunk.buffer, chunk.length);
    chunk.length += block.length;
  }

  get(index: number): Chunk | undefined {
    return this.chunks.get(index);
  }

  private shrink(): void {
    for (const [index, { buffer }] of this.chunks) {
      if (this.held <= this.limit || this.chunks.size === 1) return;
      this.chunks.delete(index);
      this.held -= buffer.length;
    }
  }
}
