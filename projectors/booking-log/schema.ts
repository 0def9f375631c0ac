import type { InventoryEvent } from '@tiketi/shared-kernel/contracts/events/inventory.js';
import type { PaymentEvent } from '@tiketi/shared-kernel/contracts/events/payment.js';
import type { PointsEvent } from '@tiketi/shared-kernel/contracts/events/points.js';
import type { ReservationEvent } from '@tiketi/shared-kernel/contracts/events/reservation.js';
import type { ColumnType, JSONColumnType } from 'kysely';

type OfABooking = InventoryEvent | ReservationEvent | PaymentEvent | PointsEvent;

/** The events that tell a booking's life. */
export type LoggedType =
  | Extract<OfABooking, { readonly data: { readonly reservationId: string } }>['type']
  | Exclude<PointsEvent['type'], 'PointsCharged'>;

/** What a line says beside its type: won as integers, times in ISO 8601; nothing of a person. */
export type LoggedFacts = {
  readonly number?: string;
  readonly seats?: number;
  readonly places?: number;
  readonly orderId?: string;
  readonly refundId?: string;
  readonly amount?: number;
  readonly card?: number;
  readonly points?: number;
  readonly fee?: number;
  readonly until?: string;
  readonly reason?: string;
};

type EntryTable = {
  reservation_id: string;
  /** int8 comes back as text. */
  commit_position: ColumnType<string, string, string>;
  event_id: string;
  stream: string;
  revision: ColumnType<string, string, string>;
  type: LoggedType;
  recorded_at: Date;
  actor_role: string;
  /** Which of our own programs, where it was one. */
  actor_service: string | null;
  causation_id: string;
  facts: JSONColumnType<LoggedFacts>;
};

/** The booking log's table: one row an event, found by the correlation id of the booking, which is the reservation's id. */
export type BookingLogTables = { entries: EntryTable };
