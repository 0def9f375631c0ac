import type { LayoutSection, PricedSection } from '@tiketi/shared-kernel/contracts/events/layout.js';
import type { LocalizedText, ShowCategory } from '@tiketi/shared-kernel/contracts/events/show.js';
import type { ColumnType, JSONColumnType } from 'kysely';

/** int8 comes back as text, because it may not fit a number. */
type Bigint = ColumnType<string, string | bigint, string | bigint>;

type ShowTable = {
  id: string;
  title: JSONColumnType<LocalizedText>;
  description: JSONColumnType<LocalizedText>;
  artist_name: JSONColumnType<LocalizedText>;
  venue: JSONColumnType<LocalizedText>;
  address: JSONColumnType<LocalizedText>;
  category: ShowCategory;
  poster_image_url: string | null;
  sale_start_at: Date;
  sale_end_at: Date;
  hold_seconds: number;
  max_seats_per_reservation: number;
  max_seats_per_buyer: number;
  cancelled_at: Date | null;
  created_at: Date;
  updated_at: Date;
};

type PerformanceTable = {
  id: string;
  show_id: string;
  starts_at: Date;
  layout_id: string;
  sections: JSONColumnType<PricedSection[]>;
  sale_start_at: Date;
  sale_end_at: Date;
  min_price: Bigint;
  max_price: Bigint;
  total_seats: number;
  available_seats: number;
  held_seats: number;
  sold_seats: number;
  /** Two bits a seat in index order, lowest bits first in each byte: 0 available, 1 held, 2 sold. */
  seat_status: Buffer;
  /** The inventory event this row shows; -1 while the inventory has not opened. */
  inventory_revision: Bigint;
  cancelled_at: Date | null;
};

/** Sold and released events name only the reservation; this remembers which seats (by index) it has. */
type ReservationSeatsTable = { reservation_id: string; performance_id: string; seats: number[] };

type LayoutTable = {
  id: string;
  name: string;
  description: string;
  sections: JSONColumnType<LayoutSection[]>;
  total_seats: number;
  created_at: Date;
};

/** The catalog projection's tables: shows, their performances with live seats, and seat layouts. */
export type CatalogTables = {
  shows: ShowTable;
  performances: PerformanceTable;
  reservation_seats: ReservationSeatsTable;
  layouts: LayoutTable;
};
