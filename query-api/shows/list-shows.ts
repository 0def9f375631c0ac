import { ShowCategory } from '@tiketi/shared-kernel/contracts/events/show.js';
import { type ShowList, ShowStatus } from '@tiketi/shared-kernel/contracts/http/shows.js';
import { ShowId } from '@tiketi/shared-kernel/contracts/ids.js';
import { type RawBuilder, sql } from 'kysely';
import { z } from 'zod';
import { pageOf, readCursor } from '../answers/cursor.js';
import { pageQuery, positionQuery } from '../answers/queries.js';
import type { Catalog } from '../database.js';
import { type ShowRow, showsAt } from './show-query.js';
import { summaryOf } from './show-view.js';

const Sort = z.enum(['eventDate', '-eventDate', 'saleStartDate', '-saleStartDate', 'createdAt', '-createdAt']);
type SortField = 'eventDate' | 'saleStartDate' | 'createdAt';

export const ListShowsQuery = z.strictObject({
  status: ShowStatus.optional(),
  category: ShowCategory.optional(),
  /** Part of a title, artist or venue in either language. */
  q: z
    .string()
    .trim()
    .min(1)
    .max(100)
    .refine((text) => !text.includes('\0'), 'holds a character no text may hold')
    .optional(),
  sort: Sort.default('eventDate'),
  ...pageQuery,
  ...positionQuery,
});
export type ListShows = Omit<z.infer<typeof ListShowsQuery>, 'position'>;

/** A show without a performance sorts after all that have one. */
const NO_DATE = new Date('9999-12-31T00:00:00Z');
const columns: Readonly<Record<SortField, RawBuilder<Date>>> = {
  eventDate: sql`coalesce(show.event_date, ${NO_DATE}::timestamptz)`,
  saleStartDate: sql`show.sale_start_at`,
  createdAt: sql`show.created_at`,
};
const sortKeyOf: Readonly<Record<SortField, (row: ShowRow) => Date>> = {
  eventDate: (row) => row.event_date ?? NO_DATE,
  saleStartDate: (row) => row.sale_start_at,
  createdAt: (row) => row.created_at,
};

const containing = (text: string): string => `%${text.replace(/[\\%_]/g, '\\$&')}%`;

const TEXTS = sql`concat_ws(E'\n', show.title->>'ko', show.title->>'en', show.artist_name->>'ko', show.artist_name->>'en',
  show.venue->>'ko', show.venue->>'en')`;

const filtersOf = ({ status, category, q }: ListShows): RawBuilder<unknown>[] => [
  ...(status === undefined ? [] : [sql`show.status = ${status}`]),
  ...(category === undefined ? [] : [sql`show.category = ${category}`]),
  ...(q === undefined ? [] : [sql`${TEXTS} ILIKE ${containing(q)}`]),
];

/** A page of shows by key: rows that come and go meanwhile shift nothing. */
export const listShows = async (db: Catalog, query: ListShows, now: Date): Promise<ShowList> => {
  const { sort, limit, cursor } = query;
  const descending = sort.startsWith('-');
  const field = Sort.parse(sort).replace('-', '') as SortField;
  const key = columns[field];
  const [direction, beyond] = descending ? [sql`DESC`, sql`<`] : [sql`ASC`, sql`>`];
  const Place = z.tuple([z.literal(sort), z.int().min(-6e13).max(3e14), ShowId]);
  const conditions = filtersOf(query);
  if (cursor !== undefined) {
    const [, at, id] = readCursor(Place, cursor);
    conditions.push(sql`(${key}, show.id) ${beyond} (${new Date(at)}::timestamptz, ${id}::uuid)`);
  }
  const where = conditions.length === 0 ? sql`` : sql`WHERE ${sql.join(conditions, sql` AND `)}`;
  const found = await sql<ShowRow>`
    ${showsAt(now)} SELECT * FROM show ${where} ORDER BY ${key} ${direction}, show.id ${direction} LIMIT ${limit + 1}`.execute(
    db,
  );
  const { items, nextCursor } = pageOf(found.rows, limit, (row) => [sort, sortKeyOf[field](row).getTime(), row.id]);
  return { items: items.map(summaryOf), nextCursor };
};
