import type { Request } from 'express';
import type { z } from 'zod';
import { type FieldFault, ProblemError } from './problem.js';

const MOST_FAULTS = 50;

const refuse = (errors: readonly FieldFault[]): never => {
  throw new ProblemError(400, 'VALIDATION_FAILED', {
    title: { ko: '입력한 내용을 확인해 주세요.', en: 'Please check what you entered.' },
    errors: errors.slice(0, MOST_FAULTS),
  });
};

/** Postgres stores no NUL, and half a surrogate pair comes back as another character: such text is refused, not mangled. */
const UNSTORABLE = /\0|\p{Cs}/u;

const unstorable = (value: unknown, path: string): FieldFault[] => {
  if (typeof value === 'string') {
    return UNSTORABLE.test(value) ? [{ path, message: 'Invalid input: holds a character that cannot be stored' }] : [];
  }
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, item]) => unstorable(item, path === '' ? key : `${path}.${key}`));
};

/** The value as the schema reads it, else 400 VALIDATION_FAILED naming each field. */
export const parseValue = <S extends z.ZodType>(schema: S, value: unknown): z.infer<S> => {
  const parsed = schema.safeParse(value);
  if (!parsed.success) {
    return refuse(parsed.error.issues.map((issue) => ({ path: issue.path.join('.'), message: issue.message })));
  }
  const faults = unstorable(parsed.data, '');
  return faults.length > 0 ? refuse(faults) : parsed.data;
};

/** The body as the schema reads it, else 400 VALIDATION_FAILED naming each field. A missing body reads as `{}`. */
export const parseBody = <S extends z.ZodType>(schema: S, req: Request): z.infer<S> => parseValue(schema, req.body ?? {});

export const parseQuery = <S extends z.ZodType>(schema: S, req: Request): z.infer<S> => parseValue(schema, req.query);

export const parseParams = <S extends z.ZodType>(schema: S, req: Request): z.infer<S> => parseValue(schema, req.params);
