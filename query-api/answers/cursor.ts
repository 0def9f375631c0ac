import { ProblemError } from '@tiketi/shared-kernel/service/problem.js';
import type { z } from 'zod';

const invalid = (): ProblemError =>
  new ProblemError(400, 'CURSOR_INVALID', { title: { ko: '잘못된 커서입니다.', en: 'The cursor is not one of ours.' } });

/** Where the next page begins, opaque to clients. */
export const writeCursor = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');

/** 400 CURSOR_INVALID for what the schema does not accept, such as a cursor of another sort order. */
export const readCursor = <S extends z.ZodType>(schema: S, cursor: string): z.infer<S> => {
  let value: unknown;
  try {
    value = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
  } catch {
    throw invalid();
  }
  const parsed = schema.safeParse(value);
  if (!parsed.success) throw invalid();
  return parsed.data;
};

/** The first `limit` of the rows read (one more than asked for tells whether others follow) and the cursor after them. */
export const pageOf = <R>(rows: readonly R[], limit: number, keyOf: (row: R) => unknown) => {
  const items = rows.slice(0, limit);
  const last = items.at(-1);
  return { items, nextCursor: rows.length > limit && last !== undefined ? writeCursor(keyOf(last)) : null };
};
