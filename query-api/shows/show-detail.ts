import type { ShowDetail } from '@tiketi/shared-kernel/contracts/http/shows.js';
import type { ShowId } from '@tiketi/shared-kernel/contracts/ids.js';
import { sql } from 'kysely';
import type { Catalog } from '../database.js';
import { type ShowRow, showsAt } from './show-query.js';
import { detailOf } from './show-view.js';

export const showDetail = async (db: Catalog, id: ShowId, now: Date): Promise<ShowDetail | undefined> => {
  const found = await sql<ShowRow>`${showsAt(now)} SELECT * FROM show WHERE show.id = ${id}::uuid`.execute(db);
  const row = found.rows[0];
  return row === undefined ? undefined : detailOf(row);
};
