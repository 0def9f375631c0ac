import { randomUUID } from 'node:crypto';
import { Pool } from 'undici';
import { z } from 'zod';
import { openHall } from '../support/hall.js';
import { readHistory } from '../support/history.js';
import { logFaults, seatFaults } from '../support/invariants.js';
import { startTrialStack } from '../support/trial-stack.js';
import { closedLoop, median, openLoop, percentile, type Sample, tally } from './pace.js';
import { atRest, processorTime, usedBetween } from './processor-time.js';
import { print, saveResult } from './results.js';

/**
 * Durable seat reservations: distinct buyers and seats, from HTTP at the reservation service's own port to an event the store has synced,
 * with the whole stack live on this machine. Three runs of each phase; medians are quoted. Before them the same load runs for
 * `BENCH_WARM_UP` seconds: a process that has just started is compiling what it runs, and half as fast.
 */
const RUNS = Number(process.env.BENCH_RUNS ?? 3);
const SECONDS = Number(process.env.BENCH_SECONDS ?? 5);
const WORKERS = Number(process.env.BENCH_WORKERS ?? 64);
const OFFERED = Number(process.env.BENCH_OFFERED ?? 1000);
const WARM_UP = Number(process.env.BENCH_WARM_UP ?? 12);

const Held = z.object({ id: z.string() });

const SECTION = { rows: 100, seatsPerRow: 100 };
const SECTIONS = ['A', 'B', 'C', 'D', 'E'];
const SEATS = SECTIONS.length * SECTION.rows * SECTION.seatsPerRow;

const stack = await startTrialStack();
try {
  console.log('Rate limits: off (load profile). Tokens are minted here, not by signing in.');
  const url = stack.urlOf('reservation');
  const pool = new Pool(url, { connections: WORKERS * 4, pipelining: 1 });
  const acknowledged = new Set<string>();
  const halls: { id: string; used: number }[] = [];

  const freshSeat = (): { performanceId: string; seatId: string } => {
    const hall = halls.at(-1);
    if (hall === undefined || hall.used >= SEATS) throw new Error('the hall is full');
    const n = hall.used++;
    const section = SECTIONS[Math.floor(n / (SECTION.rows * SECTION.seatsPerRow))] ?? 'A';
    const within = n % (SECTION.rows * SECTION.seatsPerRow);
    return { performanceId: hall.id, seatId: `${section}-${Math.floor(within / 100) + 1}-${(within % 100) + 1}` };
  };
  // made before the clock starts: signing them would be part of what is measured
  const tokens = Array.from({ length: 20_000 }, () => stack.mint().token);
  let next = 0;

  const reserve = async (): Promise<string> => {
    const { performanceId, seatId } = freshSeat();
    const token = tokens[next++ % tokens.length];
    const { statusCode, body } = await pool.request({
      method: 'POST',
      path: '/api/reservations',
      headers: { 'content-type': 'application/json', 'idempotency-key': randomUUID(), authorization: `Bearer ${token}` },
      body: JSON.stringify({ performanceId, seatIds: [seatId] }),
    });
    const text = await body.text();
    if (statusCode === 201) acknowledged.add(Held.parse(JSON.parse(text)).id);
    return String(statusCode);
  };

  const openFresh = async () => {
    const sections = SECTIONS.map((section) => ({ section, ...SECTION }));
    halls.push({ id: await openHall(stack, sections, { holdSeconds: 3600, maxSeatsPerBuyer: 100 }), used: 0 });
  };
  const pids = () => Object.fromEntries(Object.entries(stack.running().run.parts).map(([name, { pid }]) => [name, pid]));
  const measured = async (phase: () => Promise<Sample[]>) => {
    await openFresh();
    await atRest(pids);
    const before = await processorTime(pids());
    const begun = performance.now();
    const samples = await phase();
    const seconds = (performance.now() - begun) / 1000;
    return { samples, seconds, cost: usedBetween(before, await processorTime(pids())) };
  };

  await openFresh();
  await closedLoop(reserve, WORKERS, WARM_UP);

  const capacity: number[] = [];
  const p95: number[] = [];
  const costs = new Map<string, number[]>();
  print('phase', 'run', 'answers/s', 'p50 ms', 'p95 ms', 'p99 ms', 'answers');
  for (let run = 1; run <= RUNS; run += 1) {
    const full = await measured(() => closedLoop(reserve, WORKERS, SECONDS));
    capacity.push(full.samples.length / full.seconds);
    for (const [part, seconds] of full.cost) {
      costs.set(part, [...(costs.get(part) ?? []), (seconds / full.samples.length) * 1e6]);
    }
    const row = (name: string, { samples, seconds }: typeof full) =>
      print(
        name,
        run,
        (samples.length / seconds).toFixed(0),
        percentile(samples, 0.5).toFixed(1),
        percentile(samples, 0.95).toFixed(1),
        percentile(samples, 0.99).toFixed(1),
        JSON.stringify(tally(samples)),
      );
    row(`${WORKERS} workers`, full);
    const offered = await measured(() => openLoop(reserve, OFFERED, SECONDS));
    p95.push(percentile(offered.samples, 0.95));
    row(`${OFFERED}/s`, offered);
  }

  console.log('\nProcessor time a reservation at full load, by part (µs; medians):');
  const byPart = [...costs].map(([part, values]) => ({ part, microseconds: Math.round(median(values)) }));
  for (const { part, microseconds } of byPart.sort((a, b) => b.microseconds - a.microseconds)) {
    if (microseconds > 0) print(part, microseconds);
  }

  const facts = await readHistory(stack.running().run.eventStoreUrl);
  const stored = new Set(facts.flatMap((fact) => (fact.type === 'SeatsHeld' ? [fact.data.reservationId as string] : [])));
  const lost = [...acknowledged].filter((id) => !stored.has(id));
  const faults = [...logFaults(facts), ...seatFaults(facts), ...lost.map((id) => `acknowledged and not stored: ${id}`)];
  console.log(`\nChecked: ${acknowledged.size} acknowledged, ${stored.size} stored, ${faults.length} faults.`);
  for (const fault of faults.slice(0, 10)) console.error(fault);

  const result = {
    perSecond: { median: median(capacity), runs: capacity, workers: WORKERS },
    p95AtOffered: { median: median(p95), runs: p95, offered: OFFERED },
    microsecondsByPart: byPart,
    faults: faults.length,
  };
  console.log(
    `\nMedian of ${RUNS}: ${median(capacity).toFixed(0)} reservations/s (target 1,500); p95 ${median(p95).toFixed(1)} ms at ${OFFERED}/s offered (target 50 ms).`,
  );
  await saveResult('bench-reserve', result);
  await pool.close();
  if (faults.length > 0) process.exitCode = 1;
} finally {
  await stack.end();
}
