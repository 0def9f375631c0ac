import type { Response } from 'express';
import type { z } from 'zod';

/** A control request's body as the schema reads it; answers 400 itself when it cannot. */
export function readBody<S extends z.ZodType>(schema: S, body: unknown, response: Response): z.infer<S> | undefined {
  const parsed = schema.safeParse(body ?? {});
  if (parsed.success) return parsed.data;
  response.status(400).json({ code: 'INVALID_REQUEST', message: parsed.error.message });
  return undefined;
}
