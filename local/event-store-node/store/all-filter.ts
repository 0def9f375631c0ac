import { recordStreamBytes, recordTypeBytes } from '../log/record.js';

/** Says of the record at an offset of a buffer whether a reader of `$all` gets it. */
export type RecordFilter = (buffer: Buffer, at: number) => boolean;

export type FilteredField = 'stream' | 'type';

const field = (on: FilteredField) => (on === 'stream' ? recordStreamBytes : recordTypeBytes);

/** Lets records through whose field begins with one of the prefixes. */
export const byPrefix = (on: FilteredField, prefixes: readonly string[]): RecordFilter => {
  const bytes = field(on);
  const wanted = prefixes.map((prefix) => Buffer.from(prefix));
  return (buffer, at) => {
    const value = bytes(buffer, at);
    return wanted.some(
      (prefix) => value.length >= prefix.length && value.compare(prefix, 0, prefix.length, 0, prefix.length) === 0,
    );
  };
};

/**
 * Lets records through whose field the expression finds. The expression is written for .NET; the few spellings
 * JavaScript lacks are translated, and what remains unknown throws a SyntaxError.
 */
export const byRegex = (on: FilteredField, source: string): RecordFilter => {
  const bytes = field(on);
  const expression = translate(source);
  return (buffer, at) => expression.test(bytes(buffer, at).toString());
};

const translate = (source: string): RegExp => {
  const inline = /^\(\?([imsn]+)\)/.exec(source);
  const flags = (inline?.[1] ?? '').replace('n', '');
  const body = source
    .slice(inline?.[0].length ?? 0)
    .replaceAll('\\A', '^')
    .replaceAll('\\z', '$')
    .replaceAll('\\Z', '$');
  try {
    return new RegExp(body, `${flags}u`);
  } catch {
    return new RegExp(body, flags);
  }
};

const DOLLAR = 0x24;

/** Hides the server's own bookkeeping, which `$all` never shows: epochs and the state of persistent subscriptions to `$all`. */
export const isHidden = (buffer: Buffer, at: number): boolean => {
  if (buffer[at + buffer.readUInt32LE(at + 24)] !== DOLLAR) return false;
  const stream = recordStreamBytes(buffer, at).toString();
  if (stream === '$epoch-information') return true;
  return stream.startsWith('$persistentsubscription-$all::') && /-(checkpoint|parked)$/.test(stream);
};
