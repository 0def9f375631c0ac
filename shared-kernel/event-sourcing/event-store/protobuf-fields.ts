/** A field of a protobuf message: text, an integer, or a message of fields. Tags are below 128: one byte. */
export type Field = { readonly tag: number; readonly length: number; readonly content: string | bigint | readonly Field[] };

const varintSize = (value: number): number => {
  let size = 1;
  for (let rest = value; rest >= 128; rest = Math.floor(rest / 128)) size += 1;
  return size;
};
const bigVarintSize = (value: bigint): number => {
  let size = 1;
  for (let rest = value; rest >= 128n; rest >>= 7n) size += 1;
  return size;
};

const sizeOf = ({ length, content }: Field): number => (typeof content === 'bigint' ? 1 : 1 + varintSize(length)) + length;
const sizeOfAll = (fields: readonly Field[]): number => fields.reduce((size, field) => size + sizeOf(field), 0);

export const text = (tag: number, content: string): Field => ({ tag, length: Buffer.byteLength(content), content });
/** Of what is not negative. */
export const integer = (tag: number, content: bigint): Field => ({ tag, length: bigVarintSize(content), content });
export const message = (tag: number, ...content: readonly Field[]): Field => ({ tag, length: sizeOfAll(content), content });

const writeVarint = (target: Buffer, at: number, value: number): number => {
  let offset = at;
  let rest = value;
  for (; rest >= 128; rest = Math.floor(rest / 128)) target[offset++] = (rest % 128) | 0x80;
  target[offset++] = rest;
  return offset;
};

const write = (target: Buffer, at: number, { tag, length, content }: Field): number => {
  target[at] = tag;
  if (typeof content === 'bigint') {
    let offset = at + 1;
    let rest = content;
    for (; rest >= 128n; rest >>= 7n) target[offset++] = Number(rest & 127n) | 0x80;
    target[offset++] = Number(rest);
    return offset;
  }
  const begin = writeVarint(target, at + 1, length);
  if (typeof content === 'string') return begin + target.write(content, begin, length);
  return content.reduce((offset, field) => write(target, offset, field), begin);
};

/** The bytes of a message made of these fields. */
export const encoded = (...fields: readonly Field[]): Buffer => {
  const target = Buffer.allocUnsafe(sizeOfAll(fields));
  fields.reduce((offset, field) => write(target, offset, field), 0);
  return target;
};
