import type { LayoutSection, PricedSection } from '@tiketi/shared-kernel/contracts/events/layout.js';
import type { RefundPolicy } from '@tiketi/shared-kernel/contracts/events/refund-policy.js';
import type { LocalizedText, ShowCategory } from '@tiketi/shared-kernel/contracts/events/show.js';
import type { ColumnType, Generated, JSONColumnType } from 'kysely';
import type { Places, TicketStock } from './places.js';

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
  layout_id: string | null;
  sections: JSONColumnType<PricedSection[]>;
  /** The inventory event that last changed the sections or their prices; 0 for none. */
  map_revision: ColumnType<string, string | undefined, string>;
  ticket_types: JSONColumnType<TicketStock[]>;
  sale_start_at: Date;
  sale_end_at: Date;
  /** The moment an organiser closed the sale before its end; null again once it is reopened. */
  sales_closed_at: Date | null;
  min_price: Bigint | null;
  max_price: Bigint | null;
  total_seats: number;
  available_seats: number;
  held_seats: number;
  sold_seats: number;
  blocked_seats: Generated<number>;
  /** Places of all ticket types together. */
  total_places: number;
  available_places: number;
  /** Two bits a seat in index order, lowest bits first in each byte: 0 available, 1 held, 2 sold, 3 blocked. */
  seat_status: Buffer;
  /** The inventory event this row shows; -1 while the inventory has not opened. */
  inventory_revision: Bigint;
  cancelled_at: Date | null;
};

/** Sold and released events name only the reservation; this remembers which seats (by index) and places it has. */
type ReservationSeatsTable = {
  reservation_id: string;
  performance_id: string;
  seats: number[];
  places: JSONColumnType<Places>;
  places_sold: boolean;
};

/** Every version a show's refund policy ever had but the first, which is the default of all shows. */
type RefundPolicyTable = { show_id: string; version: number; policy: JSONColumnType<RefundPolicy>; set_at: Date };

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
  refund_policies: RefundPolicyTable;
};
