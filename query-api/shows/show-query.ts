import type { CatalogTables } from '@tiketi/projectors/catalog/schema.js';
import type { ShowStatus } from '@tiketi/shared-kernel/contracts/http/shows.js';
import { type RawBuilder, type Selectable, sql } from 'kysely';

export type ShowRow = Selectable<CatalogTables['shows']> & {
  status: ShowStatus;
  event_date: Date | null;
  min_price: string | null;
  max_price: string | null;
  total_seats: string | null;
  available_seats: string | null;
  performances: { id: string; startsAt: string; status: ShowStatus; totalSeats: number; availableSeats: number }[] | null;
};

/**
 * Each show with its performances, statuses by the clock (`now`) over the stored sale windows. A show is on sale when any
 * performance is, else waits for one, else is sold out; a show without performances waits until its window closes. Sales an organiser
 * closed have ended until they are reopened; what was played before the show was cancelled has ended too.
 */
export const showsAt = (now: Date): RawBuilder<ShowRow> => sql<ShowRow>`
  WITH performance AS (
    SELECT p.*,
      CASE
        WHEN p.cancelled_at IS NOT NULL OR s.cancelled_at < p.starts_at THEN 'cancelled'
        WHEN ${now}::timestamptz >= p.sale_end_at OR p.sales_closed_at IS NOT NULL THEN 'ended'
        WHEN ${now}::timestamptz < p.sale_start_at THEN 'upcoming'
        WHEN p.available_seats + p.available_places = 0 THEN 'sold_out'
        ELSE 'on_sale'
      END AS status
    FROM catalog.performances p JOIN catalog.shows s ON s.id = p.show_id
  ), summary AS (
    SELECT show_id, min(starts_at) AS event_date, min(min_price) AS min_price, max(max_price) AS max_price,
      sum(total_seats + total_places) AS total_seats, sum(available_seats + available_places) AS available_seats,
      CASE
        WHEN bool_or(status = 'on_sale') THEN 'on_sale'
        WHEN bool_or(status = 'upcoming') THEN 'upcoming'
        WHEN bool_or(status = 'sold_out') THEN 'sold_out'
        WHEN bool_and(status = 'cancelled') THEN 'cancelled'
        ELSE 'ended'
      END AS status,
      json_agg(json_build_object(
        'id', id, 'startsAt', starts_at, 'status', status,
        'totalSeats', total_seats + total_places, 'availableSeats', available_seats + available_places
      ) ORDER BY starts_at, id) AS performances
    FROM performance GROUP BY show_id
  ), show AS (
    SELECT s.*, m.event_date, m.min_price, m.max_price, m.total_seats, m.available_seats, m.performances,
      CASE
        WHEN s.cancelled_at IS NOT NULL THEN 'cancelled'
        WHEN m.status IS NOT NULL THEN m.status
        WHEN ${now}::timestamptz >= s.sale_end_at THEN 'ended'
        ELSE 'upcoming'
      END AS status
    FROM catalog.shows s LEFT JOIN summary m ON m.show_id = s.id
  )`;
