/** Bytes a non-negative safe integer takes as a protobuf varint. */
export const varintSize = (value: number): number => {
  let size = 1;
  for (let rest = value; rest >= 128; rest = Math.floor(rest / 128)) size += 1;
  return size;
};

/** Writes a non-negative safe integer as a varint; returns the offset after it. */
export const writeVarint = (target: Buffer, at: number, value: number): number => {
  let rest = value;
  let offset = at;
  while (rest > 0x7fffffff) {
    target[offset++] = (rest % 128) | 0x80;
    rest = Math.floor(rest / 128);
  }
  while (rest >= 128) {
    target[offset++] = (rest & 0x7f) | 0x80;
    rest >>>= 7;
  }
  target[offset++] = rest;
  return offset;
};

/** Writes a tag byte, a length and the bytes; returns the offset after them. */
export const writeBytesField = (target: Buffer, at: number, tag: number, bytes: Buffer): number => {
  target[at] = tag;
  const offset = writeVarint(target, at + 1, bytes.length);
  bytes.copy(target, offset);
  return offset + bytes.length;
};

/** The length of a `map<string, string>` entry's message. */
export const entrySize = (key: number, value: number): number => 2 + varintSize(key) + key + varintSize(value) + value;

/** Writes one entry of the `metadata` map (field 6 of `RecordedEvent`), its value last. */
export const writeMapEntry = (target: Buffer, at: number, key: Buffer, value: Buffer): number => {
  target[at] = 0x32;
  let offset = writeVarint(target, at + 1, entrySize(key.length, value.length));
  offset = writeBytesField(target, offset, 0x0a, key);
  return writeBytesField(target, offset, 0x12, value);
};
