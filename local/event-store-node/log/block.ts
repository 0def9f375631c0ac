import { crc32 } from 'node:zlib';

/**
 * A block is one group commit: the unit that is written, synced and checksummed. The next block is written only
 * when the one before it is durable, so a bad block with a good one after it is damage and never a torn write.
 *
 *   0 u32 magic   4 u32 payload length   8 u32 checksum   12 u32 records   16 f64 position   24 payload
 */
export const BLOCK_HEADER = 24;
const MAGIC = 0x314b4c42;

const checksum = (b: Buffer, at: number, length: number): number =>
  crc32(b.subarray(at + 12, at + BLOCK_HEADER + length), b.readUInt32LE(at + 4));

/** Completes the header of a block whose payload is already in place behind it. */
export const sealBlock = (block: Buffer, position: number, records: number): void => {
  block.writeUInt32LE(MAGIC, 0);
  block.writeUInt32LE(block.length - BLOCK_HEADER, 4);
  block.writeUInt32LE(records, 12);
  block.writeDoubleLE(position, 16);
  block.writeUInt32LE(checksum(block, 0, block.length - BLOCK_HEADER), 8);
};

/** The whole length the block's header claims, or 0 where no block of this position begins. */
export const claimedBlockLength = (b: Buffer, at: number, position: number): number => {
  if (at + BLOCK_HEADER > b.length || b.readUInt32LE(at) !== MAGIC || b.readDoubleLE(at + 16) !== position) return 0;
  return BLOCK_HEADER + b.readUInt32LE(at + 4);
};

/** The checksum a block carries. */
export const blockChecksum = (b: Buffer, at: number): number => b.readUInt32LE(at + 8);

/** True when the block at `at` lies whole in the buffer and its checksum holds. */
export const blockIsSound = (b: Buffer, at: number, position: number): boolean => {
  const length = claimedBlockLength(b, at, position);
  if (length === 0 || at + length > b.length) return false;
  return checksum(b, at, length - BLOCK_HEADER) === blockChecksum(b, at);
};

/** The first place in `b` at or after `from` where a block begins that `test` holds for, or -1. `base` is the position of the buffer's first byte. */
const findBlock = (b: Buffer, from: number, base: number, test: (b: Buffer, at: number, position: number) => boolean): number => {
  const magic = Buffer.alloc(4);
  magic.writeUInt32LE(MAGIC);
  for (let at = b.indexOf(magic, from); at >= 0; at = b.indexOf(magic, at + 1)) {
    if (test(b, at, base + at)) return at;
  }
  return -1;
};

const begins = (b: Buffer, at: number, position: number): boolean => claimedBlockLength(b, at, position) > 0;

/**
 * How far what is unsound at `at` was once durable, `at` itself where nothing shows that it was. A write that was cut short leaves any of
 * its sectors, but of one block only: the one behind it is not yet written. So another block's header, or as much as a byte more
 * than the block's own header claims, shows that what is unsound was durable when that was written.
 */
export const onceDurable = (b: Buffer, at: number, base: number): number => {
  const sound = findBlock(b, at + 1, base, blockIsSound);
  if (sound >= 0) return sound;
  const next = findBlock(b, at + 1, base, begins);
  if (next >= 0) return next;
  const claimed = claimedBlockLength(b, at, base + at);
  return claimed > 0 && at + claimed < b.length ? at + claimed : at;
};
