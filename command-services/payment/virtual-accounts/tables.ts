import { type Generated, type Migration, sql } from 'kysely';

/** Everything a thief could use is in `sealed` (AES-256-GCM, bound to its order). */
export type VirtualAccountTables = {
  virtual_accounts: { order_id: string; due_by: Date; sealed: Buffer; saved_at: Generated<Date> };
  refund_accounts: { order_id: string; sealed: Buffer; saved_at: Generated<Date> };
};

export const createVirtualAccountTables: Migration = {
  up: async (db) => {
    for (const [table, more] of [
      ['virtual_accounts', sql`due_by timestamptz not null,`],
      ['refund_accounts', sql``],
    ] as const) {
      await sql`
        create table ${sql.id(table)} (
          order_id text primary key,
          ${more}
          sealed bytea not null,
          saved_at timestamptz not null default clock_timestamp()
        )`.execute(db);
    }
  },
};
