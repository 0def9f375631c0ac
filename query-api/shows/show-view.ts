import type { ShowDetail, ShowSummary } from '@tiketi/shared-kernel/contracts/http/shows.js';
import { PerformanceId, ShowId } from '@tiketi/shared-kernel/contracts/ids.js';
import { instantOf } from '@tiketi/shared-kernel/contracts/time.js';
import type { ShowRow } from './show-query.js';

const instant = (date: Date) => instantOf(date.getTime());
const whole = (value: string | null): number | null => (value === null ? null : Number(value));

const performancesOf = (row: ShowRow): ShowSummary['performances'] =>
  (row.performances ?? []).map(({ id, startsAt, status, totalSeats, availableSeats }) => ({
    id: PerformanceId.parse(id),
    startsAt: instantOf(Date.parse(startsAt)),
    status,
    totalSeats,
    availableSeats,
  }));

export const summaryOf = (row: ShowRow): ShowSummary => ({
  id: ShowId.parse(row.id),
  title: row.title,
  artistName: row.artist_name,
  venue: row.venue,
  category: row.category,
  posterImageUrl: row.poster_image_url,
  status: row.status,
  saleStartDate: instant(row.sale_start_at),
  saleEndDate: instant(row.sale_end_at),
  eventDate: row.event_date === null ? null : instant(row.event_date),
  minPrice: whole(row.min_price),
  maxPrice: whole(row.max_price),
  totalSeats: whole(row.total_seats) ?? 0,
  availableSeats: whole(row.available_seats) ?? 0,
  performances: performancesOf(row),
});

export const detailOf = (row: ShowRow): ShowDetail => ({
  ...summaryOf(row),
  description: row.description,
  address: row.address,
  holdSeconds: row.hold_seconds,
  maxSeatsPerReservation: row.max_seats_per_reservation,
  maxSeatsPerBuyer: row.max_seats_per_buyer,
  createdAt: instant(row.created_at),
  updatedAt: instant(row.updated_at),
});
