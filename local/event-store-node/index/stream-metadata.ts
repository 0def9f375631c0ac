/** The part of a stream's metadata that decides what a reader sees. */
export interface StreamMetadata {
  readonly maxCount: number | undefined;
  readonly maxAgeSeconds: number | undefined;
  /** The first revision still visible; `DELETED` for a soft-deleted stream. */
  readonly truncateBefore: number;
  /** The metadata event's JSON: its other fields are carried over when a soft-deleted stream comes back. */
  readonly text: string;
}

/** `$tb` of a soft-deleted stream: int64.max, beyond what a double can hold. */
export const DELETED = Number.POSITIVE_INFINITY;

export const NO_METADATA: StreamMetadata = { maxCount: undefined, maxAgeSeconds: undefined, truncateBefore: 0, text: '{}' };

/** Metadata streams keep their last event only. */
export const OF_METASTREAMS: StreamMetadata = { maxCount: 1, maxAgeSeconds: undefined, truncateBefore: 0, text: '{}' };

const MAX_INT64 = 9223372036854775807n;

const positive = (value: unknown): number | undefined =>
  typeof value === 'number' && Number.isSafeInteger(value) && value > 0 ? value : undefined;

const parseObject = (text: string): Record<string, unknown> | undefined => {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : undefined;
  } catch {
    return undefined;
  }
};

/** Reads a metadata event's JSON; what cannot be understood counts as not set. */
export const parseStreamMetadata = (text: string): StreamMetadata => {
  const fields = parseObject(text);
  if (fields === undefined) return { ...NO_METADATA, text };
  return {
    maxCount: positive(fields.$maxCount),
    maxAgeSeconds: positive(fields.$maxAge),
    truncateBefore: parseTruncateBefore(fields.$tb, text),
    text,
  };
};

/** Only the digits in the text can tell int64.max from the numbers that round to it. */
const parseTruncateBefore = (value: unknown, text: string): number => {
  if (typeof value !== 'number' || !Number.isInteger(value) || value < 0) return 0;
  if (Number.isSafeInteger(value)) return value;
  const digits = outermostNumber(text, '$tb');
  return /^\d+$/.test(digits) && BigInt(digits) >= MAX_INT64 ? DELETED : value;
};

const TOKEN = /"(?:[^"\\]|\\.)*"(\s*:)?|[{}[\]]|[-+\w.]+/g;

/** A number as it is written under a key of the outermost object of sound JSON, the last one where the key repeats; '' where there is none. */
const outermostNumber = (text: string, key: string): string => {
  let depth = 0;
  let last = '';
  let found = '';
  for (const [token, colon] of text.matchAll(TOKEN)) {
    if (token === '{' || token === '[') depth += 1;
    else if (token === '}' || token === ']') depth -= 1;
    else if (depth === 1 && colon !== undefined) last = String(JSON.parse(token.slice(0, -colon.length)));
    else if (depth === 1 && last === key) found = token;
  }
  return found;
};

/** The JSON that marks a stream as soft-deleted. */
export const SOFT_DELETE_JSON = '{"$tb":9223372036854775807}';

/** The same metadata with `$tb` moved to `revision`, which brings a soft-deleted stream back from there on. */
export const undeleteJson = (text: string, revision: number): string => JSON.stringify({ ...parseObject(text), $tb: revision });
