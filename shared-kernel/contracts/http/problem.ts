import { z } from 'zod';

/** An error as a person or a program sees it (RFC 9457), with a code that never changes. */
export const Problem = z.object({
  type: z.string(),
  title: z.string(),
  status: z.int(),
  code: z.string().regex(/^[A-Z][A-Z0-9_]*$/),
  detail: z.string().optional(),
  correlationId: z.string().optional(),
  /** Field faults of a refused body or query: where, and what is wrong. */
  errors: z.array(z.object({ path: z.string(), message: z.string() })).optional(),
});
export type Problem = z.infer<typeof Problem>;
