import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { EventStoreDBClient } from '@eventstore/db-client';
import { repositoryRoot } from '@tiketi/local/parts/repository.js';
import { connectEventStore } from '@tiketi/shared-kernel/event-sourcing/event-store/eventstoredb.js';
import { startChildServer } from './child-server.js';
import {
  type Acknowledged,
  adapterAppends,
  appends,
  BATCH,
  catchUp,
  faultsOf,
  type Load,
  live,
  received,
  UNARY,
} from './event-store-loads.js';
import { median, percentile } from './pace.js';
import { processorTime, usedBetween } from './processor-time.js';
import { echoesPerSecond, syncsPerSecond } from './raw-limits.js';
import { saveResult } from './results.js';

/**
 * The local event-store node through the official client and through Tiketi's adapter, from a load process of its own, every append synced
 * before its answer; beside it, in the same rounds, what the disk, gRPC and the client allow at most. Says nothing about EventStoreDB itself.
 */
const RUNS = Number(process.env.BENCH_RUNS ?? 3);
const SECONDS = Number(process.env.BENCH_SECONDS ?? 2);
const IN_FLIGHT = Number(process.env.BENCH_IN_FLIGHT ?? 100);
const BATCH_SIZE = 100;
const MESSAGE_BYTES = 800;
const WARM_UP_SECONDS = 0.7;

type Row = {
  readonly what: string;
  readonly unit: string;
  readonly must?: number;
  readonly goal?: number;
  readonly limit?: string;
};
const ROWS: readonly Row[] = [
  { what: 'sync, one event a write', unit: 'syncs/s' },
  { what: 'sync, 100 events a write', unit: 'syncs/s' },
  { what: 'gRPC echo, unary', unit: 'calls/s' },
  { what: 'gRPC echo, one stream', unit: 'messages/s' },
  { what: 'bare: single, BatchAppend', unit: 'appends/s' },
  { what: 'bare: single, Append', unit: 'appends/s' },
  { what: 'bare: 100 an append', unit: 'events/s' },
  { what: 'bare: read', unit: 'events/s' },
  { what: 'node: single, BatchAppend', unit: 'appends/s', must: 8000, goal: 13_000, limit: 'bare: single, BatchAppend' },
  { what: 'node: single, Append', unit: 'appends/s', must: 4000, goal: 5500, limit: 'bare: single, Append' },
  { what: 'adapter: single, batched', unit: 'appends/s' },
  { what: 'adapter: single, unary', unit: 'appends/s' },
  { what: 'node: 100 an append', unit: 'events/s', must: 22_000, goal: 30_000, limit: 'bare: 100 an append' },
  { what: 'node: catch-up subscription', unit: 'events/s', must: 22_000, goal: 32_000, limit: 'bare: read' },
  { what: 'node: live subscription', unit: 'events/s' },
];

const figures = new Map<string, number[]>();
const note = (what: string, figure: number) => figures.set(what, [...(figures.get(what) ?? []), figure]);
const latencies = new Map<string, number[]>();
/** Milliseconds of processor time of both ends for one append. */
const costs = new Map<string, number[]>();

const data = path.join(repositoryRoot(), '.tiketi');
await mkdir(data, { recursive: true });
const folder = await mkdtemp(path.join(data, 'bench-event-store-'));
const built = (file: string) => path.join(repositoryRoot(), file);
const node = await startChildServer(built('local/dist/event-store-node/main.js'), {
  EVENT_STORE_NODE_DIR: path.join(folder, 'node'),
  EVENT_STORE_NODE_PORT: '0',
});
const bare = await startChildServer(fileURLToPath(new URL('./bare-server.js', import.meta.url)), {});
const toNode = EventStoreDBClient.connectionString(node.url);
const toBare = EventStoreDBClient.connectionString(bare.url);
const adapters = [
  { way: 'batched', store: connectEventStore({ url: node.url, connectionName: 'bench-batched' }) },
  { way: 'unary', store: connectEventStore({ url: node.url, connectionName: 'bench-unary', appendStreams: 0 }) },
];
const bareAddress = new URL(bare.url.replace('esdb:', 'http:')).host;

const acknowledged: Acknowledged = new Map();
const keep = (noted: Acknowledged) => {
  for (const [id, place] of noted) acknowledged.set(id, place);
};
const measuredBy = async (what: string, size: number, run: (noted: Acknowledged) => Promise<Load>) => {
  // noted in a new map for all, so that the load process does the same work for each, and in every round
  const noted: Acknowledged = new Map();
  const before = await processorTime({ node: node.pid ?? null, bare: bare.pid ?? null });
  const load = await run(noted);
  const used = usedBetween(before, await processorTime({ node: node.pid ?? null, bare: bare.pid ?? null }));
  const seconds = used.reduce((sum, [, part]) => sum + part, 0);
  note(what, load.events / load.seconds);
  latencies.set(what, [...(latencies.get(what) ?? []), percentile(load.samples, 0.99)]);
  costs.set(what, [...(costs.get(what) ?? []), (seconds * 1000 * size) / load.events]);
  return { events: load.events, noted };
};
const measured = async (what: string, client: EventStoreDBClient, way: typeof BATCH, size: number, prefix: string) => {
  const loop = { inFlight: IN_FLIGHT, seconds: SECONDS, prefix };
  const { events, noted } = await measuredBy(what, size, (into) => appends(client, way, size, loop, into));
  if (client === toNode) keep(noted);
  return events;
};

const round = async (run: number) => {
  note('sync, one event a write', await syncsPerSecond(folder, MESSAGE_BYTES, SECONDS / 2));
  note('sync, 100 events a write', await syncsPerSecond(folder, MESSAGE_BYTES * BATCH_SIZE, SECONDS / 2));
  note('gRPC echo, unary', await echoesPerSecond(bareAddress, 'unary', MESSAGE_BYTES, IN_FLIGHT, SECONDS / 2));
  note('gRPC echo, one stream', await echoesPerSecond(bareAddress, 'bidi', MESSAGE_BYTES, IN_FLIGHT, SECONDS / 2));
  await measured('bare: single, BatchAppend', toBare, BATCH, 1, 'bare');
  await measured('node: single, BatchAppend', toNode, BATCH, 1, `single-${run}`);
  await measured('bare: single, Append', toBare, UNARY, 1, 'bare');
  await measured('node: single, Append', toNode, UNARY, 1, `unary-${run}`);
  for (const { way, store } of adapters) {
    const loop = { inFlight: IN_FLIGHT, seconds: SECONDS, prefix: `adapter-${way}-${run}` };
    const { noted } = await measuredBy(`adapter: single, ${way}`, 1, (into) => adapterAppends(store, loop, into));
    keep(noted);
  }
  await measured('bare: 100 an append', toBare, BATCH, BATCH_SIZE, 'bare');
  const stored = await measured('node: 100 an append', toNode, BATCH, BATCH_SIZE, `batched-${run}`);
  note('bare: read', await received(toBare.readStream('any'), stored));
  note('node: catch-up subscription', await catchUp(toNode, `batched-${run}-`, stored));
  const noted: Acknowledged = new Map();
  note('node: live subscription', await live(toNode, IN_FLIGHT, SECONDS, noted));
  keep(noted);
};

try {
  console.log(
    `The LOCAL STAND-IN for EventStoreDB, one process, one disk, loopback: these figures say nothing about EventStoreDB.`,
  );
  console.log(`${IN_FLIGHT} appends in flight, events of about 600 bytes, ${RUNS} runs of ${SECONDS} s; medians.`);
  for (const client of [toBare, toNode]) {
    for (const way of [BATCH, UNARY]) {
      await appends(client, way, 1, { inFlight: IN_FLIGHT, seconds: WARM_UP_SECONDS, prefix: 'warm' });
    }
  }
  for (const { way, store } of adapters) {
    await adapterAppends(store, { inFlight: IN_FLIGHT, seconds: WARM_UP_SECONDS, prefix: `warm-${way}` }, new Map());
  }
  for (let run = 1; run <= RUNS; run += 1) await round(run);

  const middle = (what: string) => median(figures.get(what) ?? []);
  const results = ROWS.map((row) => ({
    ...row,
    median: Math.round(middle(row.what)),
    runs: (figures.get(row.what) ?? []).map(Math.round),
    ...(row.limit === undefined ? {} : { ratioToLimit: Number((middle(row.what) / middle(row.limit)).toFixed(2)) }),
    ...(costs.has(row.what) ? { processorMilliseconds: Number(median(costs.get(row.what) ?? []).toFixed(3)) } : {}),
    ...(latencies.has(row.what) ? { p99Milliseconds: Number(median(latencies.get(row.what) ?? []).toFixed(1)) } : {}),
  }));
  console.log(
    `\n${'what'.padEnd(30)}${['median', 'unit', 'p99 ms', 'cpu ms', 'of limit', 'must', 'goal'].map((c) => c.padStart(12)).join('')}`,
  );
  for (const { what, median: figure, unit, p99Milliseconds, processorMilliseconds, ratioToLimit, must, goal } of results) {
    const share = ratioToLimit === undefined ? '' : `${Math.round(ratioToLimit * 100)} %`;
    const cells = [figure, unit, p99Milliseconds ?? '', processorMilliseconds ?? '', share, must ?? '', goal ?? ''];
    console.log(`${what.padEnd(30)}${cells.map((cell) => String(cell).padStart(12)).join('')}`);
  }
  console.log(
    '\n“bare” is the same client against a process that stores nothing; each node row is given as a share of it. The node frames many events at once and can read out faster (above 100 %). “cpu ms” is processor time of both ends together for one append.',
  );

  const faults = await faultsOf(toNode, acknowledged);
  console.log(`Checked: ${acknowledged.size} events acknowledged; ${faults.length} faults.`);
  for (const fault of faults.slice(0, 10)) console.error(fault);
  if (faults.length > 0) process.exitCode = 1;
  const about = 'the local stand-in for EventStoreDB, not EventStoreDB';
  await saveResult('bench-event-store', { about, inFlight: IN_FLIGHT, results, faults: faults.length });
} finally {
  await Promise.all([toNode.dispose(), toBare.dispose(), ...adapters.map(({ store }) => store.close())]);
  await Promise.all([node.stop(), bare.stop()]);
  await rm(folder, { recursive: true, force: true });
}
