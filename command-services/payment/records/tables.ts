import { type Migration, sql } from 'kysely';

export type RecordStatus = 'prepared' | 'requested' | 'awaiting_deposit' | 'approved' | 'declined' | 'abandoned';

/** Built from the payment streams by the consumer `payments`, and only by it. int8 comes back as text. */
export type RecordTables = {
  payments: {
    order_id: string;
    kind: 'booking' | 'points';
    user_id: string;
    reservation_id: string | null;
    card_amount: string;
    point_amount: string;
    status: RecordStatus;
    /** SHA-256: enough to find an order by the key the buyer's own client was given. */
    payment_key_hash: Buffer | null;
    method: string | null;
    receipt_url: string | null;
    failure_code: string | null;
    prepared_at: Date;
    requested_at: Date | null;
    approved_at: Date | null;
    updated_at: Date;
  };
  refunds: {
    order_id: string;
    refund_id: string;
    card_amount: string;
    point_amount: string;
    reason: string;
    requested_at: Date;
    refunded_at: Date | null;
  };
};

export const createRecordTables: Migration = {
  up: async (db) => {
    await sql`
      create table payments (
        order_id text primary key,
        kind text not null,
        user_id uuid not null,
        reservation_id uuid,
        card_amount bigint not null,
        point_amount bigint not null,
        status text not null,
        payment_key_hash bytea,
        method text,
        receipt_url text,
        failure_code text,
        prepared_at timestamptz not null,
        requested_at timestamptz,
        approved_at timestamptz,
        updated_at timestamptz not null
      )`.execute(db);
    await sql`create index payments_of_user on payments (user_id, prepared_at desc, order_id desc)`.execute(db);
    await sql`create index payments_by_key on payments (payment_key_hash) where payment_key_hash is not null`.execute(db);
    await sql`create index payments_by_approval on payments (approved_at) where approved_at is not null`.execute(db);
    await sql`
      create table refunds (
        order_id text not null,
        refund_id text not null,
        card_amount bigint not null,
        point_amount bigint not null,
        reason text not null,
        requested_at timestamptz not null,
        refunded_at timestamptz,
        primary key (order_id, refund_id)
      )`.execute(db);
    await sql`create index refunds_open on refunds (requested_at) where refunded_at is null`.execute(db);
    await sql`create index refunds_done on refunds (refunded_at) where refunded_at is not null`.execute(db);
  },
};
