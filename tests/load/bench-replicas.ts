import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { until } from '@tiketi/local/parts/until.js';
import { Pool } from 'undici';
import { openHall } from '../support/hall.js';
import { readHistory } from '../support/history.js';
import { logFaults, seatFaults } from '../support/invariants.js';
import { countsOf, replicasOf } from '../support/replicas.js';
import { startTrialStack } from '../support/trial-stack.js';
import { closedLoop, median, openLoop, percentile, type Sample } from './pace.js';
import { processorTime, usedBetween } from './processor-time.js';
import { print, saveResult } from './results.js';
import { seatName, sectionsFor } from './seats.js';

/**
 * What several replicas of the reservation service cost on one machine, all of whose load is one performance: the same reservations asked
 * of one process, of three that send each other what another owns, and of three that each decide what they are asked. One machine
 * gives three processes no more processor than one has, so this tells what routing and collisions cost, not what replicas win.
 */
const RUNS = Number(process.env.BENCH_RUNS ?? 3);
const SECONDS = Number(process.env.BENCH_SECONDS ?? 4);
const WORKERS = Number(process.env.BENCH_WORKERS ?? 64);
const OFFERED = Number(process.env.BENCH_OFFERED ?? 200);
const SEATS = 50_000;
const IDLE_MS = 3000;
const WARM_UP = 2500;

const SETTINGS = [
  { name: 'one', env: { TIKETI_RESERVATION_REPLICAS: '1', OWNER_ROUTING: 'on' } },
  { name: 'three, routed', env: { TIKETI_RESERVATION_REPLICAS: '3', OWNER_ROUTING: 'on' } },
  { name: 'three, unrouted', env: { TIKETI_RESERVATION_REPLICAS: '3', OWNER_ROUTING: 'off' } },
];

/** Medians over the runs of one setting; microseconds of processor a reservation, milliseconds a second while nothing is asked. */
type Figures = Readonly<
  Record<
    'perSecond' | 'idlePerSecond' | 'p95' | 'p95AtOffered' | 'reservationCpu' | 'totalCpu' | 'conflictsPerAppend' | 'faults',
    number
  >
>;

const measure = async ({ name, env }: (typeof SETTINGS)[number]): Promise<Figures> => {
  const stack = await startTrialStack(env);
  try {
    const parts = replicasOf(stack);
    if (env.OWNER_ROUTING === 'on') {
      const allSeen = async () =>
        (await Promise.all(parts.map((p) => countsOf(stack, p)))).every((c) => c.replicas === parts.length);
      await until(allSeen, { deadline: 20_000, what: 'the replicas to see each other' });
    }
    const pools = parts.map((part) => new Pool(stack.urlOf(part), { connections: WORKERS * 4, pipelining: 1 }));
    const tokens = Array.from({ length: 20_000 }, () => stack.mint().token);
    let performanceId = '';
    let asked = 0;

    const reserve = async (): Promise<string> => {
      const n = asked++;
      const pool = pools[n % pools.length];
      if (pool === undefined) throw new Error('no replica');
      const { statusCode, body } = await pool.request({
        method: 'POST',
        path: '/api/reservations',
        headers: {
          'content-type': 'application/json',
          'idempotency-key': randomUUID(),
          authorization: `Bearer ${tokens[n % tokens.length]}`,
        },
        body: JSON.stringify({ performanceId, seatIds: [seatName(n)] }),
      });
      await body.dump();
      return String(statusCode);
    };

    const pids = () => Object.fromEntries(Object.entries(stack.running().run.parts).map(([part, { pid }]) => [part, pid]));
    const written = async () => {
      const counts = await Promise.all(parts.map((part) => countsOf(stack, part)));
      const sum = (key: 'appended' | 'conflict') => counts.reduce((total, count) => total + count[key], 0);
      return { appended: sum('appended'), conflict: sum('conflict') };
    };
    const phase = async (load: () => Promise<Sample[]>) => {
      performanceId = await openHall(stack, sectionsFor(SEATS), { holdSeconds: 3600, maxSeatsPerBuyer: 100 });
      asked = 0;
      const before = { cpu: await processorTime(pids()), written: await written() };
      const begun = performance.now();
      const samples = await load();
      const seconds = (performance.now() - begun) / 1000;
      const used = usedBetween(before.cpu, await processorTime(pids()));
      const after = await written();
      const cpu = (keep: (part: string) => boolean) =>
        (used.reduce((sum, [part, s]) => sum + (keep(part) ? s : 0), 0) / samples.length) * 1e6;
      return {
        failed: samples.filter(({ outcome }) => outcome !== '201').length,
        perSecond: samples.length / seconds,
        p95: percentile(samples, 0.95),
        reservationCpu: cpu((part) => parts.includes(part)),
        totalCpu: cpu((part) => part !== 'this program'),
        conflictsPerAppend: (after.conflict - before.written.conflict) / Math.max(1, after.appended - before.written.appended),
      };
    };

    // a process is warm after so many requests of its own, not after so many seconds
    await phase(async () => {
      const samples: Sample[] = [];
      while (samples.length < WARM_UP * parts.length) samples.push(...(await closedLoop(reserve, WORKERS, 1)));
      return samples;
    });
    const before = await processorTime(pids());
    await pause(IDLE_MS);
    const idle = usedBetween(before, await processorTime(pids()));
    const idlePerSecond = (idle.reduce((sum, [part, s]) => sum + (parts.includes(part) ? s : 0), 0) / IDLE_MS) * 1e6;
    const full: Awaited<ReturnType<typeof phase>>[] = [];
    const offered: Awaited<ReturnType<typeof phase>>[] = [];
    for (let run = 1; run <= RUNS; run += 1) {
      const atFull = await phase(() => closedLoop(reserve, WORKERS, SECONDS));
      const atOffered = await phase(() => openLoop(reserve, OFFERED, SECONDS));
      full.push(atFull);
      offered.push(atOffered);
      const cells = [
        atFull.perSecond.toFixed(0),
        atFull.p95.toFixed(1),
        atOffered.p95.toFixed(1),
        atFull.reservationCpu.toFixed(0),
      ];
      print(
        name,
        run,
        ...cells,
        atFull.totalCpu.toFixed(0),
        atFull.conflictsPerAppend.toFixed(3),
        atFull.failed + atOffered.failed,
      );
    }
    await Promise.all(pools.map((pool) => pool.close()));
    const facts = await readHistory(stack.running().run.eventStoreUrl);
    const faults = [...logFaults(facts), ...seatFaults(facts)];
    for (const fault of faults.slice(0, 5)) console.error(fault);
    const middle = (of: (one: (typeof full)[number]) => number) => median(full.map(of));
    return {
      idlePerSecond,
      perSecond: middle((one) => one.perSecond),
      p95: middle((one) => one.p95),
      p95AtOffered: median(offered.map((one) => one.p95)),
      reservationCpu: middle((one) => one.reservationCpu),
      totalCpu: middle((one) => one.totalCpu),
      conflictsPerAppend: middle((one) => one.conflictsPerAppend),
      faults: faults.length,
    };
  } finally {
    await stack.end();
  }
};

console.log(`Rate limits: off (load profile). ${WORKERS} workers, then ${OFFERED}/s offered; ${SECONDS} s each, ${RUNS} runs.`);
print('replicas', 'run', 'answers/s', 'p95 ms', `p95 at ${OFFERED}/s`, 'reserv. µs', 'all parts µs', 'confl./append', 'not 201');
const settings: Record<string, Figures> = {};
for (const setting of SETTINGS) settings[setting.name] = await measure(setting);
console.log('\nMedians; then faults, and ms of processor a second of all replicas while nothing is asked:');
for (const [name, f] of Object.entries(settings)) {
  const cells = [f.perSecond.toFixed(0), f.p95.toFixed(1), f.p95AtOffered.toFixed(1), f.reservationCpu.toFixed(0)];
  print(name, '', ...cells, f.totalCpu.toFixed(0), f.conflictsPerAppend.toFixed(3), f.faults, f.idlePerSecond.toFixed(0));
}
await saveResult('bench-replicas', { runs: RUNS, workers: WORKERS, offered: OFFERED, settings });
if (Object.values(settings).some(({ faults }) => faults > 0)) process.exitCode = 1;
