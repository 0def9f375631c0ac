import { PerformanceId, type ShowId } from '@tiketi/shared-kernel/contracts/ids.js';
import { problemOf } from '../answers/problems.js';
import type { Catalog } from '../database.js';

/**
 * The performance a request about a show means: the one it names, else the only one there is.
 * SHOW_NOT_FOUND, PERFORMANCE_NOT_FOUND, PERFORMANCE_REQUIRED.
 */
export const performanceOf = async (db: Catalog, showId: ShowId, named: PerformanceId | undefined): Promise<PerformanceId> => {
  const show = await db.withSchema('catalog').selectFrom('shows').select('id').where('id', '=', showId).executeTakeFirst();
  if (show === undefined) throw problemOf('SHOW_NOT_FOUND');
  const performances = await db
    .withSchema('catalog')
    .selectFrom('performances')
    .select('id')
    .where('show_id', '=', showId)
    .limit(named === undefined ? 2 : 10_000)
    .execute();
  if (named !== undefined) {
    if (!performances.some(({ id }) => id === named)) throw problemOf('PERFORMANCE_NOT_FOUND');
    return named;
  }
  const [only, another] = performances;
  if (only === undefined) throw problemOf('PERFORMANCE_NOT_FOUND');
  if (another !== undefined) throw problemOf('PERFORMANCE_REQUIRED');
  return PerformanceId.parse(only.id);
};
