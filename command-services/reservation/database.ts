import { type Migration, sql } from 'kysely';
import type { HeldSeats } from './reservation/opening.js';

export type ReservationDatabase = {
  /** Where each reservation began: rebuilt from `SeatsHeld` by the booking process. */
  bookings: { reservation_id: string; held: HeldSeats };
};

export const migrations: Readonly<Record<string, Migration>> = {
  '0001-bookings': {
    up: async (db) => {
      await sql`create table bookings (reservation_id uuid primary key, held jsonb not null)`.execute(db);
    },
  },
};
