import { randomInt, randomUUID } from 'node:crypto';
import { Pool } from 'undici';
import { openHall } from '../support/hall.js';
import { readHistory } from '../support/history.js';
import { logFaults, seatFaults } from '../support/invariants.js';
import { startTrialStack } from '../support/trial-stack.js';
import { median, openLoop, percentile, tally } from './pace.js';
import { print, saveResult } from './results.js';

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
try {
  console.log(`Rate limits: off (load profile). ${BUYERS} buyers on ${ROWS * SEATS_PER_ROW} seats, offered at ${OFFERED}/s.`);
  const pool = new Pool(stack.urlOf('reservation'), { connections: 256, pipelining: 1 });
  let performanceId = '';
  let wishes: { readonly token: string; readonly seatId: string }[] = [];
  const acknowledged = new Map<string, number>();

  /** Everybody once, each seat wanted by as many, in no order; new accounts, so that no token is known from the run before. */
  const drawWishes = () =>
    shuffled(
      Array.from({ length: BUYERS }, (_, n) => ({
        token: stack.mint().token,
        seatId: `A-${(Math.floor(n / SEATS_PER_ROW) % ROWS) + 1}-${(n % SEATS_PER_ROW) + 1}`,
      })),
    );

  const reserve = async (): Promise<string> => {
    const wish = wishes.pop();
    if (wish === undefined) return 'nobody left';
    const { statusCode, body } = await pool.request({
      method: 'POST',
      path: '/api/reservations',
      headers: { 'content-type': 'application/json', 'idempotency-key': randomUUID(), authorization: `Bearer ${wish.token}` },
      body: JSON.stringify({ performanceId, seatIds: [wish.seatId] }),
    });
    await body.dump();
    if (statusCode === 201) acknowledged.set(performanceId, (acknowledged.get(performanceId) ?? 0) + 1);
    return String(statusCode);
  };

  const losers: number[] = [];
  const slowest: number[] = [];
  let others = 0;
  print('run', 'p50 ms', 'lost p95 ms', 'slowest ms', 'answers');
  for (let run = 0; run <= RUNS; run += 1) {
    performanceId = await openHall(stack, [{ section: 'A', rows: ROWS, seatsPerRow: SEATS_PER_ROW }], { holdSeconds: 3600 });
    wishes = drawWishes();
    const samples = await openLoop(reserve, OFFERED, BUYERS / OFFERED);
    others += samples.filter(({ outcome }) => outcome !== '201' && outcome !== '409').length;
    const lost = samples.filter(({ outcome }) => outcome === '409');
    const row = [percentile(samples, 0.5), percentile(lost, 0.95), percentile(samples, 1)] as const;
    print(run === 0 ? 'warm-up' : run, ...row.map((value) => value.toFixed(1)), JSON.stringify(tally(samples)));
    if (run === 0) continue;
    losers.push(row[1]);
    slowest.push(row[2]);
  }

  const facts = await readHistory(stack.running().run.eventStoreUrl);
  const faults = [...logFaults(facts), ...seatFaults(facts)];
  const seats = Math.min(BUYERS, ROWS * SEATS_PER_ROW);
  for (const [id, told] of acknowledged) {
    const held = facts.filter((fact) => fact.type === 'SeatsHeld' && fact.data.performanceId === id).length;
    if (held !== seats || told !== seats)
      faults.push(`${held} of ${seats} seats were held, and ${told} buyers were told so: ${id}`);
  }
  if (others > 0) faults.push(`${others} buyers were told neither that they have a seat nor that it is gone`);
  for (const fault of faults.slice(0, 10)) console.error(fault);
  console.log(
    `\nMedian of ${RUNS}: slowest answer ${median(slowest).toFixed(0)} ms (target 1,000), losers told in ${median(losers).toFixed(0)} ms p95 (goal 100), ${faults.length} faults.`,
  );
  await saveResult('bench-contention', { slowest, losers, faults: faults.length });
  await pool.close();
  if (faults.length > 0) process.exitCode = 1;
} finally {
  await stack.end();
}

/** Fisher and Yates. */
function shuffled<T>(items: readonly T[]): T[] {
  const mixed = [...items];
  for (let last = mixed.length - 1; last > 0; last -= 1) {
    const other = randomInt(last + 1);
    const [a, b] = [mixed[last], mixed[other]];
    if (a !== undefined && b !== undefined) [mixed[last], mixed[other]] = [b, a];
  }
  return mixed;
}
