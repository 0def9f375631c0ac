import { varintSize, writeVarint } from '../log/proto-write.js';
import { ID_FIELD, recordId, recordMessage } from '../log/record.js';

/** A record in a buffer that holds it whole. */
export interface RecordRef {
  readonly buffer: Buffer;
  readonly at: number;
  readonly position: number;
}

const structuredId = (id: string): Buffer => {
  const bits = BigInt(`0x${id.replaceAll('-', '')}`);
  const varint = (value: bigint): number[] => {
    const bytes: number[] = [];
    let rest = BigInt.asUintN(64, value);
    for (; rest >= 128n; rest >>= 7n) bytes.push(Number(rest & 127n) | 128);
    return [...bytes, Number(rest)];
  };
  const inner = [0x08, ...varint(bits >> 64n), 0x10, ...varint(bits)];
  return Buffer.from([0x0a, inner.length + 2, 0x0a, inner.length, ...inner]);
};

/** The stored message, its id rewritten for a client that wants it as two integers. */
const message = (record: RecordRef, structured: boolean): Buffer => {
  const stored = recordMessage(record.buffer, record.at);
  return structured ? Buffer.concat([structuredId(recordId(record.buffer, record.at)), stored.subarray(ID_FIELD)]) : stored;
};

/**
 * A `ReadResp` holding one event, with the five bytes that frame a gRPC message before it.
 * A link whose target is gone comes without an event.
 */
export const eventFrame = (event: RecordRef | undefined, link: RecordRef | undefined, structured: boolean): Buffer => {
  const eventBytes = event === undefined ? undefined : message(event, structured);
  const linkBytes = link === undefined ? undefined : message(link, structured);
  const position = (link ?? event)?.position ?? 0;
  const sizeOf = (bytes: Buffer | undefined): number => (bytes === undefined ? 0 : 1 + varintSize(bytes.length) + bytes.length);
  const inner = sizeOf(eventBytes) + sizeOf(linkBytes) + 1 + varintSize(position);
  const whole = 1 + varintSize(inner) + inner;
  const frame = Buffer.allocUnsafe(5 + whole);
  frame[0] = 0;
  frame.writeUInt32BE(whole, 1);
  frame[5] = 0x0a;
  let at = writeVarint(frame, 6, inner);
  for (const [tag, bytes] of [[0x0a, eventBytes] as const, [0x12, linkBytes] as const]) {
    if (bytes === undefined) continue;
    frame[at] = tag;
    at = writeVarint(frame, at + 1, bytes.length);
    at += bytes.copy(frame, at);
  }
  frame[at] = 0x18;
  writeVarint(frame, at + 1, position);
  return frame;
};
