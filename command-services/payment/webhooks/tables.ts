import { type Generated, type Migration, sql } from 'kysely';

/**
 * `accepted`: worked off or about to be. `quarantined`: genuine, and at odds with the order. `ignored`: of a kind that means nothing here.
 * `refused`: not shown to come from the provider; the same transmission may still prove itself later.
 */
export type Verdict = 'accepted' | 'quarantined' | 'ignored' | 'refused';

export type WebhookTables = {
  webhooks: {
    /** The provider's transmission id, the same over its repeats. */
    id: string;
    received_at: Generated<Date>;
    event_type: string;
    /** What it says of the payment, in the provider's words. */
    status: string | null;
    order_id: string | null;
    verdict: Verdict;
    /** Why, or what came of it. */
    outcome: string | null;
    done_at: Date | null;
  };
  /** What webhooks about an order must know: only a keyed digest, which is all a comparison needs. */
  webhook_secrets: { order_id: string; digest: Buffer; saved_at: Generated<Date> };
};

export const createWebhookTables: Migration = {
  up: async (db) => {
    await sql`
      create table webhooks (
        id text primary key,
        received_at timestamptz not null default clock_timestamp(),
        event_type text not null,
        status text,
        order_id text,
        verdict text not null,
        outcome text,
        done_at timestamptz
      )`.execute(db);
    await sql`create index webhooks_by_time on webhooks (received_at)`.execute(db);
    await sql`create index webhooks_of_order on webhooks (order_id)`.execute(db);
    await sql`
      create table webhook_secrets (
        order_id text not null,
        digest bytea not null,
        saved_at timestamptz not null default clock_timestamp(),
        primary key (order_id, digest)
      )`.execute(db);
  },
};
