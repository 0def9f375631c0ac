import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { type TestDatabase, testDatabase } from '@tiketi/local/parts/test-postgres.js';
import { until } from '@tiketi/local/parts/until.js';
import { type Kysely, sql } from 'kysely';
import { OutcomeUnknownError } from '../command-handler.js';
import { StoreUnavailableError } from '../event-store/port.js';
import { claimEffects } from './effect-claims.js';
import { type EffectObservation, type EffectWorker, type StartEffectWorker, startEffectWorker } from './effect-worker.js';
import { addEffects, closeEffects, type NewEffect } from './effects.js';
import { listParkedEffects, purgeClosedEffects, replayEffect } from './parked-effects.js';
import { migrateConsumerTables } from './tables.js';
import { breakConnections, connect, quiet } from './testing/harness.js';

let database: TestDatabase;
let db: Kysely<unknown>;
let workers: EffectWorker[];
let seen: EffectObservation[];

beforeAll(async () => {
  database = await testDatabase();
  db = connect(database.url, 12);
  await migrateConsumerTables(db, 'saga');
}, 60_000);
afterAll(async () => {
  await db.destroy();
  await database.close();
});

beforeEach(async () => {
  await sql`TRUNCATE saga.effect, saga.effect_key`.execute(db);
  workers = [];
  seen = [];
});
afterEach(() => Promise.all(workers.map((w) => w.stop())));

const effect = (id: string, more: Partial<NewEffect> = {}): NewEffect => ({
  id,
  key: id,
  kind: 'do',
  dueAt: new Date(Date.now() - 1_000),
  payload: { id },
  correlationId: 'correlation',
  causationId: 'cause',
  ...more,
});
const work = (handlers: StartEffectWorker<unknown>['handlers'], more: Partial<StartEffectWorker<unknown>> = {}) => {
  const worker = startEffectWorker({ db, schema: 'saga', handlers, logger: quiet, observe: (o) => seen.push(o), ...more });
  workers.push(worker);
  return worker;
};
const add = (...effects: NewEffect[]) => addEffects(db, 'saga', effects);
const openCount = async () => {
  const found = await sql<{ n: number }>`SELECT count(*)::int AS n FROM saga.effect WHERE closed_at IS NULL`.execute(db);
  return found.rows[0]?.n ?? 0;
};
const allClosed = (deadline = 5_000) => until(async () => (await openCount()) === 0, { deadline, what: 'effects to close' });

describe('effects', () => {
  it('run once due, with their payload, and close', async () => {
    const ran: unknown[] = [];
    const worker = work({
      do: async (e) => {
        ran.push([e.id, e.payload, e.attempt, e.correlationId, e.causationId]);
        return 'done';
      },
    });
    await add(effect('a', { payload: { text: '한글', list: [1, null] } }));
    worker.wake();
    await allClosed();
    expect(ran).toEqual([['a', { text: '한글', list: [1, null] }, 1, 'correlation', 'cause']]);
  });

  it('of one key, however many, do not hold up those of another', async () => {
    let open = (): void => undefined;
    const gate = new Promise<void>((resolve) => {
      open = resolve;
    });
    const ran: string[] = [];
    const worker = work({
      do: async ({ id, key }) => {
        if (key === 'busy') await gate;
        ran.push(id);
        return 'done';
      },
    });
    const crowd = Array.from({ length: 40 }, (_, n) =>
      effect(`busy-${n}`, { key: 'busy', dueAt: new Date(Date.now() - 60_000) }),
    );
    await add(...crowd, effect('other'));
    worker.wake();
    await until(() => ran.includes('other'), { deadline: 5_000, what: 'the other key' });
    expect(ran).toEqual(['other']);
    open();
    await allClosed(10_000);
    expect(ran).toHaveLength(41);
  });

  it('start at their time and not before', async () => {
    let startedAt = 0;
    work({
      do: async () => {
        startedAt = Date.now();
        return 'done';
      },
    });
    const dueAt = new Date(Date.now() + 400);
    await add(effect('a', { dueAt }));
    await allClosed();
    expect(startedAt).toBeGreaterThanOrEqual(dueAt.getTime());
    expect(seen[0]?.lateMs).toBeLessThan(500);
  });

  const laterOnes = () => {
    const dueAt = new Date(Date.now() + 3_600_000);
    return Array.from({ length: 5_000 }, (_, i) => effect(`later-${i}`, { dueAt }));
  };

  const entriesRead = async (): Promise<number> => {
    await sql`SELECT pg_stat_force_next_flush()`.execute(db);
    const found = await sql<{ n: number }>`
      SELECT sum(idx_tup_read)::int AS n FROM pg_stat_user_indexes WHERE schemaname = 'saga' AND relname = 'effect'`.execute(db);
    const scans = await sql<{ n: number }>`
      SELECT seq_tup_read::int AS n FROM pg_stat_user_tables WHERE schemaname = 'saga' AND relname = 'effect'`.execute(db);
    return (found.rows[0]?.n ?? 0) + (scans.rows[0]?.n ?? 0);
  };

  /** What a claim reads that finds the effect `now` and nothing else; told by its connection before it is asked for. */
  const readByAClaim = async (lone: typeof db): Promise<number> => {
    const before = await entriesRead();
    const claimed = await claimEffects(lone, 'saga', { kinds: ['do'], limit: 10, leaseMs: () => 1_000 });
    expect(claimed.map(({ id }) => id)).toEqual(['now']);
    await sql`SELECT pg_stat_force_next_flush()`.execute(lone);
    await sql`SELECT 1`.execute(lone);
    await until(async () => (await entriesRead()) > before, { deadline: 5_000, what: 'the claim to be counted' });
    return (await entriesRead()) - before;
  };

  it('still to come cost a look nothing, however many there are', async () => {
    await add(...laterOnes(), effect('now'));
    await sql`ANALYZE saga.effect`.execute(db);
    const lone = connect(database.url, 1);
    try {
      expect(await readByAClaim(lone)).toBeLessThan(50);
    } finally {
      await lone.destroy();
    }
  });

  it('still to come cost no more where the plan was kept since there were none', async () => {
    const lone = connect(database.url, 1);
    try {
      await sql`VACUUM ANALYZE saga.effect`.execute(db);
      // the sixth time Postgres settles for a plan that it keeps
      for (let time = 1; time <= 10; time += 1) {
        expect(await claimEffects(lone, 'saga', { kinds: ['do'], limit: 10, leaseMs: () => 1_000 })).toEqual([]);
      }
      await add(...laterOnes(), effect('now'));
      expect(await readByAClaim(lone)).toBeLessThan(50);
    } finally {
      await lone.destroy();
    }
  });

  it('asked for twice run once, also after they have closed', async () => {
    let runs = 0;
    const worker = work({
      do: async () => {
        runs += 1;
        return 'done';
      },
    });
    await add(effect('a'), effect('b'));
    await add(effect('a'));
    await allClosed();
    await add(effect('a'), effect('c'));
    worker.wake();
    await allClosed();
    expect(runs).toBe(3);
  });

  it('closed by an outcome never run', async () => {
    await add(effect('a'), effect('b'));
    await closeEffects(db, 'saga', ['a', 'unheard of']);
    const ran: string[] = [];
    work({
      do: async (e) => {
        ran.push(e.id);
        return 'done';
      },
    });
    await allClosed();
    expect(ran).toEqual(['b']);
  });

  it('of one key run one at a time in order of their times, over two workers; those of others beside them', async () => {
    const busy = new Map<string, boolean>();
    const overlaps: string[] = [];
    const order: string[] = [];
    let together = 0;
    let most = 0;
    const handler = async (e: { key: string; id: string }) => {
      if (busy.get(e.key) === true) overlaps.push(e.id);
      busy.set(e.key, true);
      together += 1;
      most = Math.max(most, together);
      order.push(e.id);
      await new Promise((resolve) => setTimeout(resolve, 5));
      together -= 1;
      busy.set(e.key, false);
      return 'done' as const;
    };
    const effects: NewEffect[] = [];
    for (let n = 0; n < 8; n += 1) {
      for (const key of ['k', 'l', 'm']) effects.push(effect(`${key}${n}`, { key, dueAt: new Date(Date.now() - 10_000 + n) }));
    }
    await add(...effects);
    work({ do: handler }, { concurrency: 4 });
    work({ do: handler }, { concurrency: 4 });
    await allClosed();
    for (const key of ['k', 'l', 'm']) {
      expect(order.filter((id) => id.startsWith(key))).toEqual(Array.from({ length: 8 }, (_, n) => `${key}${n}`));
    }
    expect(overlaps).toEqual([]);
    expect(most).toBeGreaterThan(1);
  });

  it('wait out an outage, however long, and are never parked for it', async () => {
    const attempts = { store: 0, unknown: 0, database: 0, told: 0 };
    const away = (name: keyof typeof attempts, error: Error) => async () => {
      attempts[name] += 1;
      if (attempts[name] > 8) return 'done' as const;
      throw error;
    };
    work(
      {
        store: away('store', new StoreUnavailableError('away')),
        unknown: away('unknown', new OutcomeUnknownError('who knows')),
        database: away('database', Object.assign(new Error('connect'), { code: 'ECONNREFUSED' })),
        told: away('told', new RangeError('said to be an outage')),
      },
      { maxAttempts: 2, backoff: { firstMs: 1, mostMs: 5 }, isOutage: (error) => error instanceof RangeError },
    );
    await add(...Object.keys(attempts).map((kind) => effect(kind, { kind })));
    await allClosed(15_000);
    expect(attempts).toEqual({ store: 9, unknown: 9, database: 9, told: 9 });
    expect(await listParkedEffects(db, 'saga')).toEqual([]);
  }, 30_000);

  it('put off come back; failing ones back off, and are parked and visible after the last attempt until replayed', async () => {
    const attempts = { later: 0, bad: 0 };
    let mended = false;
    work(
      {
        later: async () => {
          attempts.later += 1;
          return attempts.later < 3 ? { retryAt: new Date(Date.now() + 20) } : 'done';
        },
        bad: async () => {
          attempts.bad += 1;
          if (mended) return 'done';
          throw new Error('refused by the provider');
        },
      },
      { maxAttempts: 3, backoff: { firstMs: 10, mostMs: 40 } },
    );
    await add(effect('l', { kind: 'later' }), effect('b', { kind: 'bad' }));
    await until(async () => (await listParkedEffects(db, 'saga')).length === 1, { deadline: 5_000, what: 'parking' });
    await until(() => attempts.later === 3, { deadline: 5_000, what: 'the third time' });
    expect((await listParkedEffects(db, 'saga'))[0]).toMatchObject({
      id: 'b',
      failures: 3,
      lastError: 'Error: refused by the provider',
    });
    expect(attempts.bad).toBe(3);
    mended = true;
    expect(await replayEffect(db, 'saga', 'b')).toBe(true);
    expect(await replayEffect(db, 'saga', 'l')).toBe(false);
    await allClosed();
    await purgeClosedEffects(db, 'saga', 60_000);
    expect((await sql`SELECT 1 FROM saga.effect`.execute(db)).rows).toHaveLength(2);
    await purgeClosedEffects(db, 'saga', 0);
    expect((await sql`SELECT 1 FROM saga.effect`.execute(db)).rows).toHaveLength(0);
  });

  it('of a worker that died run again when the lease ends; its late outcome cannot undo the second', async () => {
    let release: () => void = () => undefined;
    const runs: string[] = [];
    const dying = work(
      {
        do: async () => {
          runs.push('first');
          await new Promise<void>((resolve) => {
            release = resolve;
          });
          throw new Error('too late to matter');
        },
      },
      { leaseMs: (kind) => (kind === 'do' ? 300 : 60_000) },
    );
    await add(effect('a'));
    await until(() => runs.length === 1, { deadline: 5_000, what: 'the first run' });
    const stopping = dying.stop();
    work({
      do: async () => {
        runs.push('second');
        return 'done';
      },
    });
    await allClosed();
    release();
    await stopping;
    expect(runs).toEqual(['first', 'second']);
    expect(await openCount()).toBe(0);
  });

  it('of a kind nobody here handles are left alone', async () => {
    work({ do: async () => 'done' });
    await add(effect('a', { kind: 'other' }), effect('b'));
    await until(async () => (await openCount()) === 1, { deadline: 5_000, what: 'the known one to close' });
  });

  it('survive broken connections', async () => {
    const runs = new Map<string, number>();
    const pool = connect(database.url, 6, 'victim');
    const handler = async (e: { id: string }) => {
      runs.set(e.id, (runs.get(e.id) ?? 0) + 1);
      return 'done' as const;
    };
    const worker = work({ do: handler }, { db: pool, leaseMs: 500 });
    for (let round = 0; round < 5; round += 1) {
      await add(...Array.from({ length: 20 }, (_, n) => effect(`r${round}-${n}`)));
      worker.wake();
      await breakConnections(db, 'victim');
    }
    await allClosed(10_000);
    await worker.stop();
    await pool.destroy();
    expect(runs.size).toBe(100);
  }, 20_000);

  it('due at 300 a second each start within two seconds of their time', async () => {
    const from = Date.now();
    await add(...Array.from({ length: 600 }, (_, n) => effect(`${n}`, { dueAt: new Date(from + (n * 1_000) / 300) })));
    work({ do: async () => 'done' });
    await allClosed(10_000);
    expect(Math.max(...seen.map((o) => o.lateMs))).toBeLessThan(2_000);
  }, 20_000);

  it('overdue in a crowd are all done in time, each once', async () => {
    const count = process.env.TIKETI_DEEP === '1' ? 10_000 : 2_000;
    const ran: string[] = [];
    await add(...Array.from({ length: count }, (_, n) => effect(`${n}`)));
    const began = performance.now();
    const handler = async (e: { id: string }) => {
      ran.push(e.id);
      return 'done' as const;
    };
    work({ do: handler });
    await allClosed(30_000);
    expect([ran.length, new Set(ran).size]).toEqual([count, count]);
    // 10,000 within 30 s
    expect(count / ((performance.now() - began) / 1_000)).toBeGreaterThan(333);
  }, 40_000);
});
