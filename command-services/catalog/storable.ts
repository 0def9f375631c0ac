import { ProblemError } from '@tiketi/shared-kernel/service/problem.js';
import { parseBody } from '@tiketi/shared-kernel/service/validate.js';
import type { Request } from 'express';
import type { z } from 'zod';

/** NUL and lone surrogates are valid JSON, but no read model can hold them: such an event could never be shown. */
const UNSTORABLE = /[\0\p{Surrogate}]/u;

const faultsIn = (value: unknown, path: string): string[] => {
  if (typeof value === 'string') return UNSTORABLE.test(value) ? [path] : [];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, item]) => faultsIn(item, path === '' ? key : `${path}.${key}`));
};

/** As `parseBody`, refusing text that cannot be stored too (400 VALIDATION_FAILED). */
export const parseStorableBody = <S extends z.ZodType>(schema: S, req: Request): z.infer<S> => {
  const body = parseBody(schema, req);
  const faults = faultsIn(body, '');
  if (faults.length === 0) return body;
  throw new ProblemError(400, 'VALIDATION_FAILED', {
    title: { ko: '입력한 내용을 확인해 주세요.', en: 'Please check what you entered.' },
    errors: faults.slice(0, 50).map((path) => ({ path, message: 'holds a character no text may hold' })),
  });
};
