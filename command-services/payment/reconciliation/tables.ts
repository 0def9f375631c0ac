import { type Generated, type JSONColumnType, type Migration, sql } from 'kysely';
import type { DifferenceKind, Figures } from './compare.js';

export type ReconciliationTables = {
  reconciliations: {
    id: string;
    period_from: Date;
    period_to: Date;
    started_by: string;
    started_at: Generated<Date>;
    ended_at: Date | null;
    /** Null while it runs, and where its process died. */
    status: 'done' | 'failed' | null;
    transactions: number | null;
    orders: number | null;
    error: string | null;
  };
  /** One row for what is wrong with an order in one way, however many runs find it. */
  differences: {
    order_id: string;
    kind: DifferenceKind;
    status: 'open' | 'repaired';
    figures: JSONColumnType<Figures, string, string>;
    /** What was tried and came of it. */
    note: string;
    first_run: string;
    last_run: string;
    found_at: Generated<Date>;
    seen_at: Date;
    repaired_at: Date | null;
  };
};

export const createReconciliationTables: Migration = {
  up: async (db) => {
    await sql`
      create table reconciliations (
        id uuid primary key,
        period_from timestamptz not null,
        period_to timestamptz not null,
        started_by text not null,
        started_at timestamptz not null default clock_timestamp(),
        ended_at timestamptz,
        status text,
        transactions int,
        orders int,
        error text
      )`.execute(db);
    await sql`create index reconciliations_by_time on reconciliations (started_at desc)`.execute(db);
    await sql`
      create table differences (
        order_id text not null,
        kind text not null,
        status text not null,
        figures jsonb not null,
        note text not null,
        first_run uuid not null references reconciliations,
        last_run uuid not null references reconciliations,
        found_at timestamptz not null default clock_timestamp(),
        seen_at timestamptz not null,
        repaired_at timestamptz,
        primary key (order_id, kind)
      )`.execute(db);
    await sql`create index differences_open on differences (found_at) where status = 'open'`.execute(db);
  },
};
