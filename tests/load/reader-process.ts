import { Pool } from 'undici';
import { outcomeOf } from './outcome-of.js';
import { openLoop } from './pace.js';
import type { ReadOrder } from './reader.js';

const pools = new Map<string, Pool>();
const poolOf = (url: string): Pool => {
  const pool = pools.get(url) ?? new Pool(url, { connections: 256, pipelining: 1 });
  pools.set(url, pool);
  return pool;
};

process.on('message', async ({ url, paths, perSecond, seconds }: ReadOrder) => {
  const pool = poolOf(url);
  let asked = 0;
  const read = () => outcomeOf(pool, { method: 'GET', path: paths[asked++ % paths.length] ?? '' });
  process.send?.(await openLoop(read, perSecond, seconds));
});
process.on('disconnect', () => process.exit());
