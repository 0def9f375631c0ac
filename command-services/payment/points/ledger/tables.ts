import { type Migration, sql } from 'kysely';
import type { PointsTransaction } from './transactions.js';

/** Built from the points streams by the consumer `points-ledger`, and only by it. int8 comes back as text. */
export type PointsLedgerTables = {
  points_transactions: {
    transaction_id: string;
    event_id: string;
    /** Commit position of the event. */
    position: string;
    user_id: string;
    /** Of the event in the user's stream: the order of a user's transactions. */
    revision: string;
    order_id: string;
    kind: PointsTransaction['kind'];
    amount: string;
    at: Date;
  };
  /** Two for each transaction, adding up to nothing. */
  points_entries: { transaction_id: string; account: string; amount: string };
};

/** That a transaction is recorded once, under whatever event, is a key of the table: a second one stops the consumer. */
export const createPointsLedgerTables: Migration = {
  up: async (db) => {
    await sql`
      create table points_transactions (
        transaction_id text primary key,
        event_id uuid not null unique,
        position bigint not null,
        user_id uuid not null,
        revision bigint not null,
        order_id text not null,
        kind text not null,
        amount bigint not null check (amount > 0),
        at timestamptz not null,
        unique (user_id, revision)
      )`.execute(db);
    await sql`create index points_transactions_of_order on points_transactions (order_id)`.execute(db);
    await sql`
      create table points_entries (
        transaction_id text not null references points_transactions,
        account text not null,
        amount bigint not null,
        primary key (transaction_id, account)
      )`.execute(db);
    await sql`create index points_entries_of_account on points_entries (account)`.execute(db);
  },
};
