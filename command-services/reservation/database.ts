import type { RefundPolicy } from '@tiketi/shared-kernel/contracts/events/refund-policy.js';
import { type Migration, sql } from 'kysely';
import type { HeldSeats } from './reservation/opening.js';

export type ReservationDatabase = {
  /** Where each reservation began: rebuilt from `SeatsHeld` by the booking process. */
  bookings: { reservation_id: string; held: HeldSeats };
  /** What the process must know of the catalog, rebuilt from the shows' events. */
  performances: { performance_id: string; show_id: string; starts_at: string };
  /** Versions after the default one (see refund-policy.ts of the contracts). */
  refund_policies: { show_id: string; version: number; policy: RefundPolicy };
};

export const migrations: Readonly<Record<string, Migration>> = {
  '0001-bookings': {
    up: async (db) => {
      await sql`create table bookings (reservation_id uuid primary key, held jsonb not null)`.execute(db);
    },
  },
  '0002-shows': {
    up: async (db) => {
      await sql`
        create table performances (performance_id uuid primary key, show_id uuid not null, starts_at text not null)`.execute(db);
      await sql`create index performances_of_show on performances (show_id)`.execute(db);
      await sql`
        create table refund_policies (show_id uuid, version int, policy jsonb not null, primary key (show_id, version))`.execute(
        db,
      );
      // rows written from the first version of the hold lack what it did not say yet
      await sql`
        update bookings
        set held = held || '{"quantities": [], "refundPolicyVersion": 1}' || jsonb_build_object('depositUntil', held -> 'holdUntil')
        where not held ? 'quantities'`.execute(db);
    },
  },
};
