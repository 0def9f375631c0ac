import { type QueryExecutorProvider, sql } from 'kysely';

export type LeaseTerms = { readonly schema: string; readonly holder: string; readonly leaseMs: number };

/**
 * Renews the leases in `held` and takes those that are free or run out, by the database's clock alone. Answers name →
 * epoch of all that are ours now; an epoch other than the one in `held` means it was lost in between.
 */
export const holdLeases = async (
  db: QueryExecutorProvider,
  terms: LeaseTerms,
  names: readonly string[],
  held: ReadonlyMap<string, bigint>,
): Promise<Map<string, bigint>> => {
  const heldNames = [...held.keys()];
  const heldEpochs = [...held.values()].map(String);
  const ours = await sql<{ name: string; epoch: string }>`
    INSERT INTO ${sql.id(terms.schema, 'lease')} AS l (name, holder, epoch, expires_at)
    SELECT name, ${terms.holder}, 1, clock_timestamp() + ${terms.leaseMs} * interval '1 millisecond'
    FROM unnest(${[...names].sort()}::text[]) AS name
    ON CONFLICT (name) DO UPDATE SET
      epoch = CASE WHEN (l.name, l.epoch) IN (SELECT * FROM unnest(${heldNames}::text[], ${heldEpochs}::bigint[]))
        AND l.holder = excluded.holder THEN l.epoch ELSE l.epoch + 1 END,
      holder = excluded.holder,
      expires_at = excluded.expires_at
    WHERE l.holder = excluded.holder OR l.expires_at <= clock_timestamp()
    RETURNING name, epoch::text`.execute(db);
  return new Map(ours.rows.map((row) => [row.name, BigInt(row.epoch)]));
};

/** Lets the next process take over at once. */
export const releaseLeases = async (db: QueryExecutorProvider, terms: LeaseTerms): Promise<void> => {
  await sql`
    UPDATE ${sql.id(terms.schema, 'lease')} SET expires_at = clock_timestamp()
    WHERE holder = ${terms.holder}`.execute(db);
};
