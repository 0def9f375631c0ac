import { entrySize, varintSize, writeBytesField, writeMapEntry, writeVarint } from './proto-write.js';

/**
 * A record is a fixed header and the event as the wire format's `RecordedEvent` message, so that reading
 * one back to a client is a copy. Offsets in the header are counted from the record's first byte.
 *
 *   0 u32 whole length     4 u8 flags          8 f64 created, Unix ms    16 f64 revision
 *  24 u32 stream offset   28 u32 its length   32 u32 type offset        36 u32 its length
 *  40 u32 data offset     44 u32 its length   48 RecordedEvent, its first 40 bytes the id field
 */
export const RECORD_HEADER = 48;
export const ID_FIELD = 40;
const ID_TEXT = RECORD_HEADER + 4;

export const FLAG_JSON = 1;
export const FLAG_TOMBSTONE = 2;

/** The revision a tombstone carries on the wire: the largest 64-bit integer, which a double cannot hold. */
export const TOMBSTONE_REVISION = 2 ** 63;

/** An event as a client proposed it. `id` is the canonical lower-case text of a UUID. */
export interface ProposedEvent {
  readonly id: string;
  readonly type: Buffer;
  readonly json: boolean;
  readonly metadata: Buffer;
  readonly data: Buffer;
}

const TYPE_KEY = Buffer.from('type');
const CREATED_KEY = Buffer.from('created');
const CONTENT_TYPE_KEY = Buffer.from('content-type');
const JSON_TYPE = Buffer.from('application/json');
const BINARY_TYPE = Buffer.from('application/octet-stream');
const TICKS_LENGTH = 17;
const TOMBSTONE_VARINT = Buffer.from('ffffffffffffffff7f', 'hex');

/** An upper bound of the bytes a record takes, for reserving room. */
export const recordSizeBound = (stream: Buffer, event: ProposedEvent): number =>
  RECORD_HEADER + 240 + stream.length + event.type.length + event.metadata.length + event.data.length;

/**
 * Writes one record at `at` and returns its length. `position` is the record's place in the log, which
 * is both its commit and its prepare position.
 */
export const writeRecord = (
  target: Buffer,
  at: number,
  position: number,
  stream: Buffer,
  revision: number,
  createdMs: number,
  event: ProposedEvent,
): number => {
  const tombstone = revision === TOMBSTONE_REVISION;
  let offset = at + RECORD_HEADER;
  target[offset] = 0x0a;
  target[offset + 1] = 38;
  target[offset + 2] = 0x12;
  target[offset + 3] = 36;
  target.write(event.id, offset + 4, 36, 'latin1');
  offset += ID_FIELD;

  target[offset++] = 0x12;
  offset = writeVarint(target, offset, stream.length + 1 + varintSize(stream.length));
  const streamEnd = writeBytesField(target, offset, 0x1a, stream);
  const streamAt = streamEnd - stream.length;
  offset = streamEnd;

  target[offset++] = 0x18;
  if (tombstone) offset += TOMBSTONE_VARINT.copy(target, offset);
  else offset = writeVarint(target, offset, revision);
  target[offset++] = 0x20;
  offset = writeVarint(target, offset, position);
  target[offset++] = 0x28;
  offset = writeVarint(target, offset, position);

  const typeEnd = writeMapEntry(target, offset, TYPE_KEY, event.type);
  const typeAt = typeEnd - event.type.length;
  offset = writeMapEntry(target, typeEnd, CONTENT_TYPE_KEY, event.json ? JSON_TYPE : BINARY_TYPE);
  target[offset++] = 0x32;
  target[offset++] = entrySize(CREATED_KEY.length, TICKS_LENGTH);
  offset = writeBytesField(target, offset, 0x0a, CREATED_KEY);
  target[offset++] = 0x12;
  target[offset++] = TICKS_LENGTH;
  target.write(`${createdMs}0000`, offset, TICKS_LENGTH, 'latin1');
  offset += TICKS_LENGTH;

  if (event.metadata.length > 0) offset = writeBytesField(target, offset, 0x3a, event.metadata);
  if (event.data.length > 0) offset = writeBytesField(target, offset, 0x42, event.data);
  const length = offset - at;

  target.writeUInt32LE(length, at);
  target.writeUInt32LE((event.json ? FLAG_JSON : 0) | (tombstone ? FLAG_TOMBSTONE : 0), at + 4);
  target.writeDoubleLE(createdMs, at + 8);
  target.writeDoubleLE(revision, at + 16);
  target.writeUInt32LE(streamAt - at, at + 24);
  target.writeUInt32LE(stream.length, at + 28);
  target.writeUInt32LE(typeAt - at, at + 32);
  target.writeUInt32LE(event.type.length, at + 36);
  target.writeUInt32LE(length - event.data.length, at + 40);
  target.writeUInt32LE(event.data.length, at + 44);
  return length;
};

export const recordLength = (b: Buffer, at: number): number => b.readUInt32LE(at);
export const recordFlags = (b: Buffer, at: number): number => b.readUInt32LE(at + 4);
export const recordCreatedMs = (b: Buffer, at: number): number => b.readDoubleLE(at + 8);
export const recordRevision = (b: Buffer, at: number): number => b.readDoubleLE(at + 16);
export const recordId = (b: Buffer, at: number): string => b.toString('latin1', at + ID_TEXT, at + ID_TEXT + 36);

const slice = (b: Buffer, at: number, field: number): Buffer => {
  const start = at + b.readUInt32LE(at + field);
  return b.subarray(start, start + b.readUInt32LE(at + field + 4));
};
const text = (b: Buffer, at: number, field: number): string => {
  const start = at + b.readUInt32LE(at + field);
  return b.toString('utf8', start, start + b.readUInt32LE(at + field + 4));
};

export const recordStreamBytes = (b: Buffer, at: number): Buffer => slice(b, at, 24);
export const recordStream = (b: Buffer, at: number): string => text(b, at, 24);
export const recordTypeBytes = (b: Buffer, at: number): Buffer => slice(b, at, 32);
export const recordData = (b: Buffer, at: number): Buffer => slice(b, at, 40);
export const recordDataText = (b: Buffer, at: number): string => text(b, at, 40);

/** The `RecordedEvent` message of the record at `at`. */
export const recordMessage = (b: Buffer, at: number): Buffer => b.subarray(at + RECORD_HEADER, at + recordLength(b, at));
