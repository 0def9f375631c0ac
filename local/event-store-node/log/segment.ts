import { crc32 } from 'node:zlib';
import type { DiskFile } from '../disk/disk.js';

/** Bytes before the first block of a segment; they count in positions. */
export const SEGMENT_HEADER = 32;
const MAGIC = 'TKTLOG01';
const NAME = /^(\d{16})\.log$/;

/** One file of the log; `base` is the position of its first byte. */
export interface Segment {
  readonly base: number;
  readonly name: string;
  readonly file: DiskFile;
}

export const segmentName = (base: number): string => `${String(base).padStart(16, '0')}.log`;

/** The base position a file's name stands for, or undefined for files that are no segments. */
export const segmentBase = (name: string): number | undefined => {
  const digits = NAME.exec(name)?.[1];
  return digits === undefined ? undefined : Number(digits);
};

export const segmentHeader = (base: number): Buffer => {
  const header = Buffer.alloc(SEGMENT_HEADER);
  header.write(MAGIC, 0, 'latin1');
  header.writeDoubleLE(base, 8);
  header.writeUInt32LE(crc32(header.subarray(0, 16)), 16);
  return header;
};

export const isSegmentHeader = (bytes: Buffer, base: number): boolean => bytes.equals(segmentHeader(base));
