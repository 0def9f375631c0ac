import { Pool } from 'undici';

/** For how long a replica that took no connection is passed over. */
const PASSED_OVER_MS = 500;

/** The replicas of one upstream, in turn. */
export type Spread = {
  /** How many there are. */
  readonly replicas: number;
  /** Whose turn it is; one that took no connection lately only where none else is left. */
  take(): Pool;
  /** It took no connection. */
  away(pool: Pool): void;
  destroy(): void;
};

export function createSpread(urls: readonly URL[], options: Pool.Options): Spread {
  const replicas = urls.map((url) => ({ pool: new Pool(url.origin, options), awayUntil: 0 }));
  let turn = 0;
  return {
    replicas: replicas.length,
    take: () => {
      const now = performance.now();
      const there = replicas.filter(({ awayUntil }) => awayUntil <= now);
      const among = there.length > 0 ? there : replicas;
      turn += 1;
      const next = among[turn % among.length];
      if (next === undefined) throw new Error('an upstream without an address');
      return next.pool;
    },
    away: (pool) => {
      for (const replica of replicas) if (replica.pool === pool) replica.awayUntil = performance.now() + PASSED_OVER_MS;
    },
    destroy: () => {
      for (const { pool } of replicas) pool.destroy().catch(() => undefined);
    },
  };
}
