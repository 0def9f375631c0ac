import type { LocalizedText } from '@tiketi/shared-kernel/contracts/events/show.js';
import type {
  PaymentStatus,
  ReservationStatus,
  ReservationView,
  ReservedItem,
} from '@tiketi/shared-kernel/contracts/http/reservations.js';
import type { ColumnType, JSONColumnType } from 'kysely';
import type { z } from 'zod';

type ReservationTable = {
  id: string;
  reservation_number: string;
  user_id: string;
  show_id: string;
  performance_id: string;
  status: z.infer<typeof ReservationStatus>;
  payment_status: z.infer<typeof PaymentStatus>;
  /** The order that pays or last tried to. */
  order_id: string | null;
  items: JSONColumnType<z.infer<typeof ReservedItem>[]>;
  /** int8 comes back as text. */
  total_amount: ColumnType<string, number, number>;
  /** Given back so far of the order that paid, card and points together. */
  refunded_amount: ColumnType<string, number | undefined, number>;
  /** What a cancellation gives back in all; null where nothing was paid or it was not cancelled. */
  refund_due: ColumnType<string | null, number | null | undefined, number | null>;
  cancel_cause: z.infer<typeof ReservationView>['cancelCause'];
  expires_at: Date;
  created_at: Date;
  updated_at: Date;
};

type ShowTable = { id: string; title: JSONColumnType<LocalizedText>; venue: JSONColumnType<LocalizedText> };
type PerformanceTable = { id: string; show_id: string; starts_at: Date };

/** The tickets projection's tables: every reservation as its buyer reads it, and what its show is called. */
export type TicketsTables = { reservations: ReservationTable; shows: ShowTable; performances: PerformanceTable };
