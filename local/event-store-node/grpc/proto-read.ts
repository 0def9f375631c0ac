/** Reads protobuf fields from a slice of a buffer without copying. Throws RangeError on malformed input. */
export class ProtoReader {
  private at: number;

  constructor(
    private readonly bytes: Buffer,
    start = 0,
    private readonly end = bytes.length,
  ) {
    this.at = start;
  }

  /** The next field's tag (number × 8 + wire type), or 0 at the end. */
  tag(): number {
    return this.at < this.end ? this.varint() : 0;
  }

  /** An unsigned integer; values beyond 2^53 lose their low bits. */
  varint(): number {
    let value = 0;
    let scale = 1;
    for (;;) {
      const byte = this.bytes[this.at++];
      if (byte === undefined || this.at > this.end) throw new RangeError('truncated message');
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) return value;
      scale *= 128;
    }
  }

  /** A 64-bit integer as its two's complement bits. */
  bits(): bigint {
    let value = 0n;
    for (let shift = 0n; ; shift += 7n) {
      const byte = this.bytes[this.at++];
      if (byte === undefined || this.at > this.end) throw new RangeError('truncated message');
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return BigInt.asUintN(64, value);
    }
  }

  /** A length-delimited field's bytes, sharing the buffer's memory. */
  slice(): Buffer {
    const length = this.varint();
    const start = this.at;
    this.at += length;
    if (this.at > this.end) throw new RangeError('truncated message');
    return this.bytes.subarray(start, this.at);
  }

  /** A reader over a length-delimited field. */
  message(): ProtoReader {
    const length = this.varint();
    const start = this.at;
    this.at += length;
    if (this.at > this.end) throw new RangeError('truncated message');
    return new ProtoReader(this.bytes, start, this.at);
  }

  text(encoding: 'utf8' | 'latin1' = 'utf8'): string {
    const length = this.varint();
    const start = this.at;
    this.at += length;
    if (this.at > this.end) throw new RangeError('truncated message');
    return this.bytes.toString(encoding, start, this.at);
  }

  /** Steps over a field of no interest. */
  skip(tag: number): void {
    switch (tag & 7) {
      case 0:
        this.varint();
        return;
      case 1:
        this.at += 8;
        return;
      case 2:
        this.slice();
        return;
      case 5:
        this.at += 4;
        return;
      default:
        throw new RangeError('unknown wire type');
    }
  }
}
