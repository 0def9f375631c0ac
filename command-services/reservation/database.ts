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
  /** Where the replay of an inventory may begin; see snapshots/. */
  inventory_snapshots: {
    stream: string;
    fold_version: number;
    revision: string;
    commit_position: string;
    prepare_position: string;
    event_id: string;
    state: Buffer;
    saved_at: Date;
  };
  /** Who of the replicas is there; see owners/. */
  replicas: { replica_id: string; base_url: string; started_at: Date; seen_at: Date };
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
  '0003-inventory-snapshots': {
    up: async (db) => {
      await sql`
        create table inventory_snapshots (stream text, fold_version int, revision bigint not null, commit_position bigint not null,
          prepare_position bigint not null, event_id text not null, state bytea not null, saved_at timestamptz not null,
          primary key (stream, fold_version))`.execute(db);
      // it is compressed already
      await sql`alter table inventory_snapshots alter column state set storage external`.execute(db);
    },
  },
  '0004-replicas': {
    up: async (db) => {
      await sql`
        create table replicas (replica_id uuid primary key, base_url text not null, started_at timestamptz not null,
          seen_at timestamptz not null)`.execute(db);
    },
  },
};
