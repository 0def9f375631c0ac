import { randomUUID } from 'node:crypto';
import { until } from '@tiketi/local/parts/until.js';
import { ShowList } from '@tiketi/shared-kernel/contracts/http/shows.js';
import { Pool } from 'undici';
import { openHall } from '../support/hall.js';
import { type Fact, readHistory } from '../support/history.js';
import { logFaults, moneyFaults, openFaults, outcomeFaults, readProviderLedger, seatFaults } from '../support/invariants.js';
import { startTrialStack } from '../support/trial-stack.js';
import { each } from './each.js';
import { outcomeOf } from './outcome-of.js';
import { median, openLoop, percentile, type Sample, tally } from './pace.js';
import { type Payable, preparePayables } from './payable.js';
import { processorTime, usedBetween } from './processor-time.js';
import { keepOn } from './processors.js';
import { startProfile, tellProfile } from './profile.js';
import { startReader } from './reader.js';
import { print, saveResult } from './results.js';
import { seatName, sectionsFor } from './seats.js';

/**
 * Payments while the provider takes a second over each: confirmations sent at a fixed rate to the payment service's own port, reads to the
 * query service's, with the whole stack live. In every run reads are measured first alone, then beside the payments. Bookings are made,
 * and their buyers sent through checkout, before the clock starts. `BENCH_PROFILE=payment` profiles that part during the last run.
 * `BENCH_APART=1` gives those who read and who answers them processor 0 for themselves and puts everything else on processor 1.
 */
const RUNS = Number(process.env.BENCH_RUNS ?? 3);
const SECONDS = Number(process.env.BENCH_SECONDS ?? 8);
const RATES = (process.env.BENCH_OFFERED ?? '300,450').split(',').map(Number);
const READS = Number(process.env.BENCH_READS ?? 300);
const PROVIDER_MS = Number(process.env.BENCH_PROVIDER_MS ?? 1000);
const PROFILE = process.env.BENCH_PROFILE;
const WARM_UP = Number(process.env.BENCH_WARM_UP ?? 4000);

const stack = await startTrialStack();
try {
  const seats = WARM_UP + RATES.reduce((sum, rate) => sum + rate, 0) * SECONDS * RUNS;
  console.log(
    `Rate limits: off (load profile). The provider takes ${PROVIDER_MS} ms. Reads: ${READS}/s of list, detail and seats.`,
  );
  const performanceId = await openHall(stack, sectionsFor(seats), { holdSeconds: 3600 });
  const payments = new Pool(stack.urlOf('payment'), { connections: 4096, pipelining: 1 });

  const script = await fetch(new URL('/simulator/faults', stack.urlOf('toss-payments')), {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ match: { path: '/confirm' }, delayMs: PROVIDER_MS }),
  });
  if (!script.ok) throw new Error(`the simulator takes no script: ${script.status}`);

  const acknowledged = new Set<string>();
  const confirm = async ({ token, orderId, amount, paymentKey, reservationId }: Payable): Promise<string> => {
    const outcome = await outcomeOf(payments, {
      method: 'POST',
      path: '/api/payments/confirm',
      headers: { 'content-type': 'application/json', 'idempotency-key': randomUUID(), authorization: `Bearer ${token}` },
      body: JSON.stringify({ paymentKey, orderId, amount }),
    });
    if (outcome === '200') acknowledged.add(reservationId);
    return outcome;
  };

  const { items } = ShowList.parse(await (await fetch(new URL('/api/events?limit=20', stack.urlOf('query-api')))).json());
  const paths = ['/api/events?limit=20', `/api/events/${items[0]?.id}`, `/api/performances/${performanceId}/seat-status`];
  const reader = startReader({ url: stack.urlOf('query-api'), paths, perSecond: READS });

  const pids = (): Record<string, number | null> => {
    const parts = Object.entries(stack.running().run.parts).map(([name, { pid }]): [string, number | null] => [name, pid]);
    return { ...Object.fromEntries(parts), reader: reader.pid };
  };
  let used = 0;
  const fresh = async (count: number): Promise<Payable[]> => {
    const names = Array.from({ length: count }, (_, n) => seatName(used + n));
    used += count;
    return preparePayables(stack, performanceId, names);
  };
  const paying = (prepared: readonly Payable[], rate: number): Promise<Sample[]> => {
    const queue = prepared.values();
    return openLoop(
      async () => {
        const next = queue.next();
        return next.done === true ? 'none left' : confirm(next.value);
      },
      rate,
      prepared.length / rate,
    );
  };

  await Promise.all([each(await fresh(WARM_UP), 100, confirm), reader.read(3)]);

  if (process.env.BENCH_APART === '1') {
    const { reader: reading, 'query-api': answering, ...others } = pids();
    const known = (all: readonly (number | null | undefined)[]) => all.filter((pid) => typeof pid === 'number');
    await keepOn(1, known([...Object.values(others), process.pid]));
    await keepOn(0, known([reading, answering]));
    console.log('Reads have processor 0 for themselves, all else is on processor 1.');
  }

  const results = [];
  const costs = new Map<string, number[]>();
  print('payments', 'run', 'confirmed/s', 'p50 ms', 'p95 ms', 'p99 ms', 'reads p95', 'beside p95', 'answers');
  for (const rate of RATES) {
    const runs = [];
    for (let run = 1; run <= RUNS; run += 1) {
      const prepared = await fresh(rate * SECONDS);
      const alone = await reader.read(SECONDS);
      const profiled = PROFILE !== undefined && run === RUNS ? await startProfile(pids()[PROFILE] ?? 0) : undefined;
      const before = await processorTime(pids());
      const begun = performance.now();
      const [paid, beside] = await Promise.all([paying(prepared, rate), reader.read(SECONDS)]);
      // the last buyer's second is the provider's, not ours
      const seconds = (performance.now() - begun - PROVIDER_MS) / 1000;
      for (const [part, spent] of usedBetween(before, await processorTime(pids()))) {
        costs.set(part, [...(costs.get(part) ?? []), (spent / paid.length) * 1e6]);
      }
      const confirmed = paid.filter(({ outcome }) => outcome === '200');
      const row = {
        perSecond: confirmed.length / seconds,
        p50: percentile(paid, 0.5),
        p95: percentile(paid, 0.95),
        p99: percentile(paid, 0.99),
        readsAloneP95: percentile(alone, 0.95),
        readsBesideP95: percentile(beside, 0.95),
        readsAloneP50: percentile(alone, 0.5),
        readsBesideP50: percentile(beside, 0.5),
      };
      runs.push(row);
      const { perSecond, p50, p95, p99, readsAloneP95, readsBesideP95 } = row;
      const figures = [perSecond.toFixed(0), ...[p50, p95, p99, readsAloneP95, readsBesideP95].map((value) => value.toFixed(1))];
      print(`${rate}/s`, run, ...figures, JSON.stringify(tally(paid)));
      if (profiled !== undefined) {
        await tellProfile(`bench-payments-${PROFILE}`, await profiled());
      }
    }
    results.push({ offered: rate, runs });
  }

  console.log('\nProcessor time a payment, its share of the reads included, by part (µs; medians):');
  const byPart = [...costs].map(([part, values]) => ({ part, microseconds: Math.round(median(values)) }));
  for (const { part, microseconds } of byPart.sort((a, b) => b.microseconds - a.microseconds)) {
    if (microseconds > 0) print(part, microseconds);
  }

  const look = async () => {
    const facts = await readHistory(stack.running().run.eventStoreUrl);
    const ledger = await readProviderLedger(stack.urlOf('toss-payments'));
    const rest = [...openFaults(facts), ...outcomeFaults(facts)];
    const faults = [...logFaults(facts), ...seatFaults(facts), ...moneyFaults(facts, ledger), ...toldFaults(facts, acknowledged)];
    return { rest, faults, charged: ledger.payments.length };
  };
  await until(async () => (await look()).rest.length === 0, { deadline: 30_000, every: 1000, what: 'all to be settled' }).catch(
    () => undefined,
  );
  const { rest, faults, charged } = await look();
  console.log(`\nChecked: ${acknowledged.size} told as confirmed, ${charged} charged, ${rest.length + faults.length} faults.`);
  for (const fault of [...faults, ...rest].slice(0, 10)) console.error(fault);

  console.log('');
  for (const { offered, runs } of results) {
    const of = (pick: (run: (typeof runs)[number]) => number) => median(runs.map(pick));
    const slower = of(({ readsAloneP95, readsBesideP95 }) => (readsBesideP95 / readsAloneP95 - 1) * 100);
    console.log(
      `Median of ${RUNS} at ${offered}/s offered: ${of(({ perSecond }) => perSecond).toFixed(0)} confirmed/s, p95 ${of(({ p95 }) => p95).toFixed(0)} ms ` +
        `(the provider's ${PROVIDER_MS} in it); reads p95 ${of((run) => run.readsAloneP95).toFixed(1)} ms alone, ` +
        `${of((run) => run.readsBesideP95).toFixed(1)} ms beside (${slower > 0 ? '+' : ''}${slower.toFixed(0)} %; target 300/s, +20 %).`,
    );
  }
  await saveResult('bench-payments', {
    providerMs: PROVIDER_MS,
    reads: READS,
    results,
    microsecondsByPart: byPart,
    faults: faults.length + rest.length,
  });
  reader.stop();
  await payments.close();
  if (faults.length + rest.length > 0) process.exitCode = 1;
} finally {
  await stack.end();
}

/** Who was told "confirmed" is confirmed, once. */
function toldFaults(facts: readonly Fact[], told: ReadonlySet<string>): string[] {
  const times = new Map<string, number>();
  for (const { type, data } of facts) {
    if (type === 'ReservationConfirmed') times.set(data.reservationId, (times.get(data.reservationId) ?? 0) + 1);
  }
  return [...told]
    .filter((id) => times.get(id) !== 1)
    .map((id) => `${id} was told as confirmed and is so ${times.get(id) ?? 0} times`);
}
