import type { LayoutEvent } from '@tiketi/shared-kernel/contracts/events/layout.js';
import type { ShowDetails, ShowEvent } from '@tiketi/shared-kernel/contracts/events/show.js';
import type { Recorded } from '@tiketi/shared-kernel/event-sourcing/codec.js';
import type { Insertable } from 'kysely';
import { placeColumns, untouched } from './places.js';
import type { CatalogTables } from './schema.js';
import { allAvailable } from './seat-bits.js';
import { seatsIn } from './seat-index.js';

type Of<E extends { type: string }, T extends E['type']> = Recorded<Extract<E, { type: T }>>;
const json = (value: unknown): string => JSON.stringify(value);

export const detailColumns = (details: ShowDetails) => ({
  title: json(details.title),
  description: json(details.description),
  artist_name: json(details.artistName),
  venue: json(details.venue),
  address: json(details.address),
  category: details.category,
  poster_image_url: details.posterImageUrl,
});

export const showRow = ({ data }: Of<ShowEvent, 'ShowCreated'>): Insertable<CatalogTables['shows']> => ({
  id: data.showId,
  ...detailColumns(data.details),
  sale_start_at: new Date(data.terms.saleStartAt),
  sale_end_at: new Date(data.terms.saleEndAt),
  hold_seconds: data.terms.holdSeconds,
  max_seats_per_reservation: data.terms.maxSeatsPerReservation,
  max_seats_per_buyer: data.terms.maxSeatsPerBuyer,
  created_at: new Date(data.createdAt),
  updated_at: new Date(data.createdAt),
});

/** The cheapest and the dearest there is, seats and places alike. */
export const priceColumns = (sold: readonly { readonly price: number }[]) => {
  const prices = sold.map(({ price }) => price);
  if (prices.length === 0) return { min_price: null, max_price: null };
  return { min_price: String(Math.min(...prices)), max_price: String(Math.max(...prices)) };
};

export const performanceRow = ({ data }: Of<ShowEvent, 'PerformanceScheduled'>): Insertable<CatalogTables['performances']> => {
  const totalSeats = seatsIn(data.sections);
  const stock = untouched(data.ticketTypes);
  return {
    id: data.performanceId,
    show_id: data.showId,
    starts_at: new Date(data.startsAt),
    layout_id: data.layoutId,
    sections: json(data.sections),
    sale_start_at: new Date(data.terms.saleStartAt),
    sale_end_at: new Date(data.terms.saleEndAt),
    ticket_types: json(stock),
    ...placeColumns(stock),
    ...priceColumns([...data.sections, ...stock]),
    total_seats: totalSeats,
    available_seats: totalSeats,
    held_seats: 0,
    sold_seats: 0,
    seat_status: allAvailable(totalSeats),
    inventory_revision: '-1',
  };
};

export const layoutRow = ({ data }: Of<LayoutEvent, 'SeatLayoutDefined'>): Insertable<CatalogTables['layouts']> => ({
  id: data.layoutId,
  name: data.name,
  description: data.description,
  sections: json(data.sections),
  total_seats: data.totalSeats,
  created_at: new Date(data.definedAt),
});
