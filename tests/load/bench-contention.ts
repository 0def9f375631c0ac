import { randomInt, randomUUID } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { repositoryRoot } from '@tiketi/local/parts/repository.js';
import { Pool } from 'undici';
import { openHall } from '../support/hall.js';
import { readHistory } from '../support/history.js';
import { logFaults, seatFaults } from '../support/invariants.js';
import { startTrialStack } from '../support/trial-stack.js';
import { median, openLoop, percentile, tally } from './pace.js';

/**
 * Contention: every buyer wants one of far fewer seats, at a fixed rate whatever the answers do, at the reservation service's own port with
 * the whole stack live. Most are told that their seat is gone; how soon, and that no seat goes twice, is what is measured.
 */
const RUNS = Number(process.env.BENCH_RUNS ?? 3);
const BUYERS = Number(process.env.BENCH_BUYERS ?? 10_000);
const OFFERED = Number(process.env.BENCH_OFFERED ?? 2000);
const ROWS = 20;
const SEATS_PER_ROW = 50;

const stack = await startTrialStack();
const print = (...cells: (string | number)[]) => console.log(cells.map((cell) => String(cell).padStart(14)).join(''));
try {
  console.log(`Rate limits: off (load profile). ${BUYERS} buyers on ${ROWS * SEATS_PER_ROW} seats, offered at ${OFFERED}/s.`);
  const pool = new Pool(stack.urlOf('reservation'), { connections: 256, pipelining: 1 });
  const tokens = Array.from({ length: BUYERS }, () => stack.mint().token);
  let next = 0;
  let performanceId = '';

  const reserve = async (): Promise<string> => {
    const token = tokens[next++ % tokens.length];
    const seatId = `A-${randomInt(ROWS) + 1}-${randomInt(SEATS_PER_ROW) + 1}`;
    const { statusCode, body } = await pool.request({
      method: 'POST',
      path: '/api/reservations',
      headers: { 'content-type': 'application/json', 'idempotency-key': randomUUID(), authorization: `Bearer ${token}` },
      body: JSON.stringify({ performanceId, seatIds: [seatId] }),
    });
    await body.dump();
    return String(statusCode);
  };

  const losers: number[] = [];
  const slowest: number[] = [];
  print('run', 'p50 ms', 'lost p95 ms', 'slowest ms', 'answers');
  for (let run = 0; run <= RUNS; run += 1) {
    performanceId = await openHall(stack, [{ section: 'A', rows: ROWS, seatsPerRow: SEATS_PER_ROW }], { holdSeconds: 3600 });
    const samples = await openLoop(reserve, OFFERED, BUYERS / OFFERED);
    const lost = samples.filter(({ outcome }) => outcome === '409');
    const row = [percentile(samples, 0.5), percentile(lost, 0.95), percentile(samples, 1)] as const;
    print(run === 0 ? 'warm-up' : run, ...row.map((value) => value.toFixed(1)), JSON.stringify(tally(samples)));
    if (run === 0) continue;
    losers.push(row[1]);
    slowest.push(row[2]);
  }

  const facts = await readHistory(stack.running().run.eventStoreUrl);
  const faults = [...logFaults(facts), ...seatFaults(facts)];
  for (const fault of faults.slice(0, 10)) console.error(fault);
  console.log(
    `\nMedian of ${RUNS}: slowest answer ${median(slowest).toFixed(0)} ms (target 1,000), losers told in ${median(losers).toFixed(0)} ms p95 (goal 100), ${faults.length} faults.`,
  );
  const folder = path.join(repositoryRoot(), 'tests/load/results');
  await mkdir(folder, { recursive: true });
  const result = { measuredAt: new Date().toISOString(), node: process.version, slowest, losers, faults: faults.length };
  await writeFile(path.join(folder, 'bench-contention.json'), `${JSON.stringify(result, null, 2)}\n`);
  await pool.close();
  if (faults.length > 0) process.exitCode = 1;
} finally {
  await stack.end();
}
