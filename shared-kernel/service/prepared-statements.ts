import type { PostgresPool, PostgresPoolClient } from 'kysely';
import type { Pool, PoolClient } from 'pg';

/** A program writes far fewer; one whose texts grow with their lists must not fill every connection's memory. */
const MOST = 300;

/** The plan's result has other columns now, or somebody between has thrown the statement away. */
const isOutdated = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && (error.code === '0A000' || error.code === '26000');

/**
 * A pool whose statements with values are prepared: each connection parses a text once. Texts are named in the order they come up, the
 * first 300 of them; the rest are sent as they are. Where the columns of a result have changed meanwhile, or the statement is gone, it fails
 * once (SQLSTATE 0A000, 26000), and all are named anew. A pooler between must hand on prepared statements (PgBouncer from 1.21).
 */
export const preparingPool = (pool: Pool): PostgresPool => {
  const wrapped = new WeakMap<PoolClient, PostgresPoolClient>();
  let names = new Map<string, string>();
  let generation = 0;

  const nameOf = (text: string): string | undefined => {
    const known = names.get(text);
    if (known !== undefined || names.size >= MOST) return known;
    const name = `t${generation}_${names.size}`;
    names.set(text, name);
    return name;
  };

  const query = async (client: PoolClient, text: string, values: readonly unknown[]) => {
    const name = values.length === 0 ? undefined : nameOf(text);
    const config = { text, values: [...values] };
    try {
      return await client.query(name === undefined ? config : { ...config, name });
    } catch (error) {
      if (isOutdated(error)) {
        generation += 1;
        names = new Map();
      }
      throw error;
    }
  };

  const preparing = (client: PoolClient): PostgresPoolClient => {
    const known = wrapped.get(client);
    if (known !== undefined) return known;
    const made: PostgresPoolClient = {
      // its second form takes a cursor, which Kysely sends only where it was given the class of one
      query: ((text: string, values: readonly unknown[]) =>
        query(client, text, values)) as unknown as PostgresPoolClient['query'],
      release: () => client.release(),
    };
    wrapped.set(client, made);
    return made;
  };

  return { connect: async () => preparing(await pool.connect()), end: () => pool.end() };
};
