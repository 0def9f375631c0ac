import { z } from 'zod';

/** Korean won: a whole number, never negative. */
export const Won = z.int().nonnegative().brand<'Won'>();
export type Won = z.infer<typeof Won>;

/** The sum of amounts; throws RangeError past the safe integers. */
export const sumWon = (amounts: Iterable<Won>): Won => {
  let total = 0;
  for (const amount of amounts) total += amount;
  if (!Number.isSafeInteger(total)) throw new RangeError('a sum of won left the safe integers');
  return Won.parse(total);
};
