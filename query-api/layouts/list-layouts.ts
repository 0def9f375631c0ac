import type { SeatLayoutList } from '@tiketi/shared-kernel/contracts/http/shows.js';
import { LayoutId } from '@tiketi/shared-kernel/contracts/ids.js';
import { instantOf } from '@tiketi/shared-kernel/contracts/time.js';
import { sql } from 'kysely';
import { z } from 'zod';
import { pageOf, readCursor } from '../answers/cursor.js';
import { pageQuery, positionQuery } from '../answers/queries.js';
import type { Catalog } from '../database.js';

export const ListLayoutsQuery = z.strictObject({ ...pageQuery, ...positionQuery });
export type ListLayouts = Omit<z.infer<typeof ListLayoutsQuery>, 'position'>;

const Place = z.tuple([z.string().max(200), LayoutId]);

/** Seat layouts by name. */
export const listLayouts = async (db: Catalog, { limit, cursor }: ListLayouts): Promise<SeatLayoutList> => {
  let query = db
    .withSchema('catalog')
    .selectFrom('layouts')
    .selectAll()
    .orderBy('name')
    .orderBy('id')
    .limit(limit + 1);
  if (cursor !== undefined) {
    const [name, id] = readCursor(Place, cursor);
    query = query.where(sql<boolean>`(name, id) > (${name}, ${id}::uuid)`);
  }
  const { items, nextCursor } = pageOf(await query.execute(), limit, ({ name, id }) => [name, id]);
  return {
    items: items.map(({ id, name, description, total_seats, sections, created_at }) => ({
      id: LayoutId.parse(id),
      name,
      description,
      totalSeats: total_seats,
      layoutConfig: { sections },
      createdAt: instantOf(created_at.getTime()),
    })),
    nextCursor,
  };
};
