import { z } from 'zod';

/** What became of the n-th step of a lot, counted from 0: a line of the answer, and what a request for this step alone would be told. */
export const LotLine = z.object({
  n: z.int().nonnegative(),
  status: z.int(),
  body: z.unknown(),
});
export type LotLine = z.infer<typeof LotLine>;
