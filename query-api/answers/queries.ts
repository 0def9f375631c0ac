import { z } from 'zod';

/** Pieces of query strings; every route refuses parameters it does not name. */
export const pageQuery = {
  cursor: z.string().min(1).max(500).optional(),
  limit: z
    .string()
    .regex(/^[1-9]\d{0,2}$/)
    .transform(Number)
    .pipe(z.number().max(100))
    .default(20),
};

/** Read your own write: the commit position a command answered with. */
export const positionQuery = {
  position: z
    .string()
    .regex(/^\d{1,19}$/)
    .transform(BigInt)
    .optional(),
};
