import { describe, expect, it } from '@jest/globals';
import {
  type DatabaseConnection,
  Kysely,
  PostgresAdapter,
  PostgresIntrospector,
  PostgresQueryCompiler,
  type QueryResult,
} from 'kysely';
import { createPositionWait } from './position-wait.js';

/** A database that answers every query with the checkpoint as it is then. */
const checkpointDatabase = () => {
  const state = { commit: -1n, queries: 0, down: false };
  const connection: DatabaseConnection = {
    // the one query asked here is the checkpoint's
    executeQuery: async <R>() => {
      state.queries += 1;
      if (state.down) throw new Error('down');
      return { rows: [{ commit_position: state.commit.toString() }] } as unknown as QueryResult<R>;
    },
    streamQuery: () => {
      throw new Error('no streams here');
    },
  };
  const nothing = async () => undefined;
  const db = new Kysely<unknown>({
    dialect: {
      createAdapter: () => new PostgresAdapter(),
      createIntrospector: (k) => new PostgresIntrospector(k),
      createQueryCompiler: () => new PostgresQueryCompiler(),
      createDriver: () => ({
        init: nothing,
        acquireConnection: async () => connection,
        releaseConnection: nothing,
        beginTransaction: nothing,
        commitTransaction: nothing,
        rollbackTransaction: nothing,
        destroy: nothing,
      }),
    },
  });
  return { db, state };
};

describe('waiting for a position', () => {
  it('asks once for however many wait, and no more once all know', async () => {
    const { db, state } = checkpointDatabase();
    state.commit = 100n;
    const wait = createPositionWait({ db, schema: 's', name: 'n', pollMs: 1 });
    expect(await Promise.all(Array.from({ length: 500 }, (_, n) => wait(BigInt(n % 100), 1_000)))).not.toContain('stale');
    expect(state.queries).toBe(1);
    expect(await wait(100n, 1_000)).toBe('reached');
    expect(state.queries).toBe(1);
  });

  it('says stale in time, and treats an outage as not there yet', async () => {
    const { db, state } = checkpointDatabase();
    const wait = createPositionWait({ db, schema: 's', name: 'n', pollMs: 1 });
    state.down = true;
    expect(await wait(5n, 20)).toBe('stale');
    const later = wait(5n, 5_000);
    state.down = false;
    state.commit = 5n;
    expect(await later).toBe('reached');
  });
});
