import { crc32 } from 'node:zlib';
import type { DiskFile } from '../disk/disk.js';
import type { LogMark } from '../log/event-log.js';
import type { SavedStream } from './saved-stream.js';

/**
 * The index as of one position of the log, numbers little-endian as every machine this runs on has them:
 *
 *   0 magic   8 f64 position   16 f64 last block's position   24 u32 its checksum   28 u32 first block's checksum
 *  32 u32 streams   36 u32 chunks   40 f64 body length   48 u32 body checksum   52 u32 checksum of the 52 bytes before
 *  56 body: the chunks' starts, their ends, then each stream: u32 name length, u32 metadata length, u32 events,
 *     u32 tombstoned, name, metadata, positions as f64
 */
const HEADER = 56;
const MAGIC = 'TKTIDX01';
const STREAM_HEADER = 16;
const SLAB = 1024 * 1024;
const SYNC_EVERY = 8;

/** What a checkpoint holds, read back. */
export interface SavedIndex extends LogMark {
  readonly first: number;
  streams(): Generator<SavedStream>;
}

const columnBytes = (column: Float64Array): Buffer => Buffer.from(column.buffer, column.byteOffset, column.byteLength);

const column = (bytes: Buffer, at: number, count: number): Float64Array => {
  const values = new Float64Array(count);
  bytes.copy(columnBytes(values), 0, at, at + count * 8);
  return values;
};

/** Gathers small pieces into large writes, a checksum over all of them, and a sync now and then so that none is long. */
class Body {
  private readonly slab = Buffer.allocUnsafeSlow(SLAB);
  private filled = 0;
  private slabs = 0;
  length = 0;
  checksum = 0;

  constructor(private readonly file: DiskFile) {}

  async add(piece: Buffer): Promise<void> {
    for (let at = 0; at < piece.length; ) {
      const copied = piece.copy(this.slab, this.filled, at);
      this.filled += copied;
      at += copied;
      if (this.filled === SLAB) await this.flush();
    }
  }

  async flush(): Promise<void> {
    const bytes = this.slab.subarray(0, this.filled);
    await this.file.write(bytes, HEADER + this.length);
    this.checksum = crc32(bytes, this.checksum);
    this.length += this.filled;
    this.filled = 0;
    this.slabs += 1;
    if (this.slabs % SYNC_EVERY === 0) await this.file.sync();
  }
}

/** Writes a checkpoint into an empty file; resolves to its size in bytes. It lets other work go on between its writes. */
export const writeCheckpoint = async (
  file: DiskFile,
  mark: LogMark,
  first: number,
  streams: readonly (() => SavedStream)[],
): Promise<number> => {
  const body = new Body(file);
  await body.add(columnBytes(mark.starts));
  await body.add(columnBytes(mark.ends));
  for (const part of streams) {
    const { name, metadataText, tombstoned, positions } = part();
    const [nameBytes, text, head] = [Buffer.from(name), Buffer.from(metadataText), Buffer.alloc(STREAM_HEADER)];
    head.writeUInt32LE(nameBytes.length, 0);
    head.writeUInt32LE(text.length, 4);
    head.writeUInt32LE(positions.length, 8);
    head.writeUInt32LE(tombstoned ? 1 : 0, 12);
    for (const piece of [head, nameBytes, text, columnBytes(positions)]) await body.add(piece);
  }
  await body.flush();
  const header = Buffer.alloc(HEADER);
  header.write(MAGIC, 0, 'latin1');
  header.writeDoubleLE(mark.position, 8);
  header.writeDoubleLE(mark.last.position, 16);
  header.writeUInt32LE(mark.last.checksum, 24);
  header.writeUInt32LE(first, 28);
  header.writeUInt32LE(streams.length, 32);
  header.writeUInt32LE(mark.starts.length, 36);
  header.writeDoubleLE(body.length, 40);
  header.writeUInt32LE(body.checksum, 48);
  header.writeUInt32LE(crc32(header.subarray(0, 52)), 52);
  await file.write(header, 0);
  return HEADER + body.length;
};

const streamsOf = function* (bytes: Buffer, from: number, count: number): Generator<SavedStream> {
  let at = from;
  for (let n = 0; n < count; n += 1) {
    const [name, text, events] = [bytes.readUInt32LE(at), bytes.readUInt32LE(at + 4), bytes.readUInt32LE(at + 8)];
    const nameAt = at + STREAM_HEADER;
    const positionsAt = nameAt + name + text;
    yield {
      name: bytes.toString('utf8', nameAt, nameAt + name),
      metadataText: bytes.toString('utf8', nameAt + name, positionsAt),
      tombstoned: bytes.readUInt32LE(at + 12) === 1,
      positions: column(bytes, positionsAt, events),
    };
    at = positionsAt + events * 8;
  }
};

/** Reads a checkpoint's bytes; undefined when they are not what was once written, whole. */
export const readCheckpoint = (bytes: Buffer): SavedIndex | undefined => {
  if (bytes.length < HEADER || bytes.toString('latin1', 0, 8) !== MAGIC) return undefined;
  if (crc32(bytes.subarray(0, 52)) !== bytes.readUInt32LE(52)) return undefined;
  if (bytes.length !== HEADER + bytes.readDoubleLE(40) || crc32(bytes.subarray(HEADER)) !== bytes.readUInt32LE(48))
    return undefined;
  const chunks = bytes.readUInt32LE(36);
  return {
    position: bytes.readDoubleLE(8),
    last: { position: bytes.readDoubleLE(16), checksum: bytes.readUInt32LE(24) },
    first: bytes.readUInt32LE(28),
    starts: column(bytes, HEADER, chunks),
    ends: column(bytes, HEADER + chunks * 8, chunks),
    streams: () => streamsOf(bytes, HEADER + chunks * 16, bytes.readUInt32LE(32)),
  };
};
