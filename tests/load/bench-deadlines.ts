import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { until } from '@tiketi/local/parts/until.js';
import { SeatStatus } from '@tiketi/shared-kernel/contracts/http/shows.js';
import { Pool } from 'undici';
import { openHall } from '../support/hall.js';
import { type Fact, readHistory } from '../support/history.js';
import { logFaults, outcomeFaults, seatFaults } from '../support/invariants.js';
import { startTrialStack } from '../support/trial-stack.js';
import { closedLoop, openLoop, percentile, type Sample, tally } from './pace.js';
import { processorTime, usedBetween } from './processor-time.js';
import { startProfile, tellProfile } from './profile.js';
import { print, saveResult } from './results.js';
import { seatName, sectionsFor } from './seats.js';

/**
 * The deadline scheduler: how late holds that nobody pays for give their seats back, with the whole stack live. A burst: the reservation
 * service is stopped while every hold of a full hall falls due, and then continued. A steady stream: as many holds a second as offered,
 * each due when its time is over. Judged by the event log: every hold ended once, every seat is free again. `BENCH_PROFILE=reservation`
 * profiles that part while it works the burst off.
 */
const BURST = Number(process.env.BENCH_BURST ?? 10_000);
const OFFERED = Number(process.env.BENCH_OFFERED ?? 300);
const SECONDS = Number(process.env.BENCH_SECONDS ?? 10);
const PROFILE = process.env.BENCH_PROFILE;
/** The shortest a show may have. */
const HOLD_SECONDS = 30;

const stack = await startTrialStack();
try {
  console.log(`Rate limits: off (load profile). A burst of ${BURST}, then ${OFFERED}/s; a hold lasts ${HOLD_SECONDS} s.`);
  const pool = new Pool(stack.urlOf('reservation'), { connections: 256, pipelining: 1 });
  const rules = { holdSeconds: HOLD_SECONDS };
  const halls = {
    warm: await openHall(stack, sectionsFor(500), rules),
    burst: await openHall(stack, sectionsFor(BURST), rules),
    steady: await openHall(stack, sectionsFor(OFFERED * SECONDS), rules),
  };
  const holding = (performanceId: string, most: number) => {
    let next = 0;
    return async (): Promise<string> => {
      if (next >= most) return 'full';
      const seatId = seatName(next++);
      const { statusCode, body } = await pool.request({
        method: 'POST',
        path: '/api/reservations',
        headers: {
          'content-type': 'application/json',
          'idempotency-key': randomUUID(),
          authorization: `Bearer ${stack.mint().token}`,
        },
        body: JSON.stringify({ performanceId, seatIds: [seatId] }),
      });
      await body.dump();
      return String(statusCode);
    };
  };
  const heldOf = async (performanceId: string): Promise<number> => {
    const url = new URL(`/api/performances/${performanceId}/seat-status`, stack.urlOf('query-api'));
    return SeatStatus.parse(await (await fetch(url)).json()).held;
  };
  const allFree = (performanceId: string) =>
    until(async () => (await heldOf(performanceId)) === 0, {
      deadline: 180_000,
      every: 500,
      what: 'every seat to be free again',
    });
  const shown = (performanceId: string, held: number) =>
    until(async () => (await heldOf(performanceId)) === held, { deadline: 30_000, every: 200, what: 'every hold to be shown' });
  const pids = () => Object.fromEntries(Object.entries(stack.running().run.parts).map(([name, { pid }]) => [name, pid]));
  const reservation = () => pids().reservation ?? 0;

  await closedLoop(holding(halls.warm, 500), 32, 2);
  await allFree(halls.warm);

  const held: Sample[] = [];
  const hold = holding(halls.burst, BURST);
  while (held.length < BURST) held.push(...(await openLoop(hold, 1000, Math.min(1, (BURST - held.length) / 1000))));
  // the service must not be stopped with anything of the holds still before it
  await shown(halls.burst, BURST);
  process.kill(reservation(), 'SIGSTOP');
  await pause((HOLD_SECONDS + 1) * 1000);
  const before = await processorTime(pids());
  const continued = Date.now();
  process.kill(reservation(), 'SIGCONT');
  const profiled = PROFILE === undefined ? undefined : await startProfile(pids()[PROFILE] ?? 0);
  await allFree(halls.burst);
  if (profiled !== undefined) {
    await tellProfile(`bench-deadlines-${PROFILE}`, await profiled());
  }
  const cost = usedBetween(before, await processorTime(pids()));

  const steady = await openLoop(holding(halls.steady, OFFERED * SECONDS), OFFERED, SECONDS);
  await allFree(halls.steady);

  const facts = await readHistory(stack.running().run.eventStoreUrl);
  print('phase', 'holds', 'lag p50 s', 'p95 s', 'max s', 'ended max s', 'a second', 'answers');
  const row = (phase: string, samples: readonly Sample[], lags: Lags) => {
    const seconds = [
      percentile(lags.freed, 0.5),
      percentile(lags.freed, 0.95),
      percentile(lags.freed, 1),
      percentile(lags.ended, 1),
    ];
    const answers = JSON.stringify(tally(samples));
    print(phase, lags.freed.length, ...seconds.map((ms) => (ms / 1000).toFixed(2)), lags.perSecond.toFixed(0), answers);
    return { holds: lags.freed.length, freedMs: seconds.slice(0, 3), endedMaxMs: seconds[3], perSecond: lags.perSecond };
  };
  const burst = row('burst', held, lagsOf(facts, halls.burst, continued));
  const stream = row(`${OFFERED}/s`, steady, lagsOf(facts, halls.steady, 0));

  console.log('\nProcessor time a hold of the burst, by part (µs):');
  const byPart = cost.map(([part, spent]) => ({ part, microseconds: Math.round((spent / BURST) * 1e6) }));
  for (const { part, microseconds } of byPart) if (microseconds > 0) print(part, microseconds);

  const faults = [...logFaults(facts), ...seatFaults(facts), ...outcomeFaults(facts), ...keptFaults(facts)];
  for (const fault of faults.slice(0, 10)) console.error(fault);
  const inSeconds = (ms: number | undefined) => ((ms ?? Number.NaN) / 1000).toFixed(1);
  console.log(
    `\nA burst of ${burst.holds}: all free after ${inSeconds(burst.freedMs[2])} s (target 30). ${OFFERED}/s: free ${inSeconds(stream.freedMs[2])} s late at most ` +
      `(target 2), p95 ${inSeconds(stream.freedMs[1])}. ${faults.length} faults.`,
  );
  await saveResult('bench-deadlines', {
    burst,
    steady: { offered: OFFERED, ...stream },
    microsecondsByPart: byPart,
    faults: faults.length,
  });
  await pool.close();
  if (faults.length > 0) process.exitCode = 1;
} finally {
  await stack.end();
}

type Lags = { readonly freed: Sample[]; readonly ended: Sample[]; readonly perSecond: number };

/** How long after it was due, or could be noticed at the earliest, each hold of a performance ended and its seats were free. */
function lagsOf(facts: readonly Fact[], performanceId: string, earliest: number): Lags {
  const due = new Map<string, number>();
  const freed: Sample[] = [];
  const ended: Sample[] = [];
  const times: number[] = [];
  for (const { type, data, recordedAt } of facts) {
    if (type === 'SeatsHeld' && data.performanceId === performanceId)
      due.set(data.reservationId, Math.max(earliest, Date.parse(data.holdUntil)));
    if (type !== 'SeatsReleased' && type !== 'ReservationExpired') continue;
    const at = due.get(data.reservationId);
    if (at === undefined) continue;
    (type === 'SeatsReleased' ? freed : ended).push({ milliseconds: recordedAt.getTime() - at, outcome: type });
    if (type === 'SeatsReleased') times.push(recordedAt.getTime());
  }
  const seconds = ((times.at(-1) ?? 0) - Math.min(...due.values())) / 1000;
  return { freed, ended, perSecond: freed.length / seconds };
}

/** Nobody paid, so every hold ended by its deadline and gave its seats back. */
function keptFaults(facts: readonly Fact[]): string[] {
  const open = new Set<string>();
  for (const { type, data } of facts) {
    if (type === 'SeatsHeld') open.add(data.reservationId);
    if (type === 'SeatsReleased' && data.reason === 'expired') open.delete(data.reservationId);
  }
  return [...open].map((id) => `reservation ${id} still has its seats`);
}
