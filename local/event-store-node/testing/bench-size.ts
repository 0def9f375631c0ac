import { spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { openNodeDisk } from '../disk/node-disk.js';
import type { EventSink } from '../store/event-sink.js';
import { type EventStore, openEventStore } from '../store/event-store.js';
import { readAllForwards } from '../store/read-all.js';
import { readStream } from '../store/read-stream.js';
import { append } from './direct-store.js';

/**
 * Measures a store of many events without the network: node bench-size.js [events] [streams] [bytes of data].
 * Each step is a process of its own, so that its memory is its own. The folder is made under the system's
 * temporary one and removed again.
 */
const EVENTS_AN_APPEND = 10;
const IN_FLIGHT = 64;
const READS = 2000;
const READ_LENGTH = 20;
const ALL_READ = 1_000_000;
const BOUNDLESS = { scrubBytesPerSecond: 1 };

const counting = (): EventSink & { count: number } => ({
  count: 0,
  send() {
    this.count += 1;
  },
  flush: () => undefined,
  full: false,
  drained: () => Promise.resolve(),
  closed: false,
  onClosed: () => undefined,
});

const say = (step: string, facts: Record<string, number>): void => {
  const rssMb = Math.round(process.memoryUsage.rss() / 1e6);
  process.stdout.write(
    `${JSON.stringify({ step, ...facts, rssMb, peakRssMb: Math.round(process.resourceUsage().maxRSS / 1e3) })}\n`,
  );
};

const since = (start: number): number => Math.round(performance.now() - start);

const generate = async (directory: string, events: number, streams: number, bytes: number): Promise<void> => {
  const store = await openEventStore(await openNodeDisk(directory));
  const started = performance.now();
  const type = Buffer.from('SeatsHeld');
  const metadata = Buffer.alloc(0);
  const data = Buffer.alloc(bytes, 0x61);
  let left = events / EVENTS_AN_APPEND;
  const writer = async (): Promise<void> => {
    while (left > 0) {
      left -= 1;
      const batch = Array.from({ length: EVENTS_AN_APPEND }, () => ({ id: randomUUID(), type, json: true, metadata, data }));
      await append(store, `inventory-${left % streams}`, batch);
    }
  };
  await Promise.all(Array.from({ length: IN_FLIGHT }, writer));
  const ms = since(started);
  const closing = performance.now();
  const logMb = Math.round(store.log.end / 1e6);
  await store.close();
  say('generate', { events, streams, ms, logMb, closeMs: since(closing) });
};

const readRandomly = async (store: EventStore, streams: number): Promise<Record<string, number>> => {
  const started = performance.now();
  const sink = counting();
  const how = { backwards: false, resolveLinks: false, structuredIds: false, count: READ_LENGTH };
  const slowest: number[] = [];
  for (let n = 0; n < READS; n += 1) {
    const entry = store.index.find(`inventory-${Math.floor(Math.random() * streams)}`);
    if (entry === undefined) continue;
    const before = performance.now();
    await readStream(store.reader, entry, { ...how, from: Math.floor(Math.random() * (entry.visible - READ_LENGTH)) }, sink);
    slowest.push(performance.now() - before);
  }
  slowest.sort((a, b) => a - b);
  const percentile = (part: number): number => Math.round((slowest[Math.floor(slowest.length * part)] ?? 0) * 100) / 100;
  return { reads: READS, eventsRead: sink.count, ms: since(started), medianMs: percentile(0.5), p99Ms: percentile(0.99) };
};

const open = async (directory: string, streams: number): Promise<void> => {
  const started = performance.now();
  const store = await openEventStore(await openNodeDisk(directory), BOUNDLESS);
  say(store.log.unread > 0 ? 'open from the checkpoint' : 'open without a checkpoint', {
    ms: since(started),
    events: store.index.events,
    streams: store.index.streamCount,
  });
  say(`read ${READ_LENGTH} events from a random place of a random stream`, await readRandomly(store, streams));
  const all = performance.now();
  const sink = counting();
  const range = { count: ALL_READ, filter: undefined, resolveLinks: false, structuredIds: false };
  await readAllForwards(store.reader, 0, range, sink);
  say('read $all', { events: sink.count, ms: since(all), eventsPerSecond: Math.round((sink.count / since(all)) * 1000) });
  await store.close();
};

const all = async (sizes: readonly string[]): Promise<void> => {
  const directory = await mkdtemp(join(tmpdir(), 'event-store-size-'));
  const step = (name: string): void => {
    spawnSync(process.execPath, [fileURLToPath(import.meta.url), name, directory, ...sizes], { stdio: 'inherit' });
  };
  try {
    step('generate');
    step('open');
    await rm(join(directory, 'index.checkpoint'), { force: true });
    step('open');
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
};

const [first = '', ...rest] = process.argv.slice(2);
const sizesOf = (given: readonly string[]): [number, number, number] => [
  Number(given[0] ?? 10_000_000),
  Number(given[1] ?? 5000),
  Number(given[2] ?? 250),
];
if (first === 'generate') await generate(rest[0] ?? '', ...sizesOf(rest.slice(1)));
else if (first === 'open') await open(rest[0] ?? '', sizesOf(rest.slice(1))[1]);
else await all([first, ...rest].filter((given) => given !== ''));
