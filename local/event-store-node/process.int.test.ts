import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EventStoreDBClient, jsonEvent, streamNameFilter } from '@eventstore/db-client';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startNodeProcess } from './testing/node-process.js';
import { BATCH, collect, noted, UNARY } from './testing/running-node.js';

const ROUNDS = process.env.TIKETI_DEEP === '1' ? 100 : 5;
const WRITERS = 12;
/** Events of about a kilobyte; the whole is far more than any buffer on the way. */
const FLOOD = process.env.TIKETI_DEEP === '1' ? 100_000 : 20_000;

/** Acknowledged appends by event id: where each one is. */
type Acknowledged = Map<string, { readonly stream: string; readonly revision: bigint }>;

/** Appends from many writers at once, a stream each, until the connection breaks; calls back at every acknowledgement. */
const appendUntilBroken = async (url: string, acknowledged: Acknowledged, onAck: () => void): Promise<void> => {
  const client = EventStoreDBClient.connectionString(url);
  const writer = async (index: number): Promise<void> => {
    const stream = `writer-${index % 8}-${randomUUID()}`;
    for (let revision = -1n; ; ) {
      const events = Array.from({ length: 1 + (index % 3) }, () => noted(index, randomUUID()));
      const expectedRevision = revision < 0n ? ('no_stream' as const) : revision;
      const how = index % 2 === 0 ? BATCH : UNARY;
      try {
        const result = await client.appendToStream(stream, events, { expectedRevision, ...how });
        for (const [at, { id }] of events.entries()) acknowledged.set(id, { stream, revision: revision + 1n + BigInt(at) });
        revision = result.nextExpectedRevision;
        onAck();
      } catch {
        return;
      }
    }
  };
  await Promise.all(Array.from({ length: WRITERS }, (_, index) => writer(index)));
  await client.dispose();
};

/** Reads the whole store back and names what is missing or out of order. */
const audit = async (url: string, acknowledged: Acknowledged): Promise<string[]> => {
  const client = EventStoreDBClient.connectionString(url);
  const faults: string[] = [];
  const missing = new Map(acknowledged);
  const next = new Map<string, bigint>();
  let last = -1n;
  for (const { event } of await collect(client.readAll())) {
    if (event === undefined || event.streamId.startsWith('$')) continue;
    const position = event.position?.commit ?? -1n;
    if (position <= last) faults.push(`position ${position} after ${last}`);
    last = position;
    if (event.revision !== (next.get(event.streamId) ?? 0n)) faults.push(`gap before ${event.streamId}@${event.revision}`);
    next.set(event.streamId, event.revision + 1n);
    const expected = acknowledged.get(event.id);
    if (expected && (expected.stream !== event.streamId || expected.revision !== event.revision))
      faults.push(`${event.id} moved`);
    missing.delete(event.id);
  }
  await client.dispose();
  return [...faults, ...[...missing.keys()].map((id) => `${id} lost`)];
};

describe('the node as a process', () => {
  let directory: string;
  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'event-store-process-'));
  });
  afterAll(() => rm(directory, { recursive: true, force: true }));

  it(
    `loses nothing acknowledged in ${ROUNDS} kills under load`,
    async () => {
      const acknowledged: Acknowledged = new Map();
      for (let round = 0; round < ROUNDS; round += 1) {
        const node = await startNodeProcess(directory);
        expect(await audit(node.url, acknowledged)).toEqual([]);
        let left = 1 + Math.floor(Math.random() * 600);
        await appendUntilBroken(node.url, acknowledged, () => {
          left -= 1;
          if (left === 0) node.child.kill('SIGKILL');
        });
        await node.stop('SIGKILL');
      }
      const node = await startNodeProcess(directory);
      expect(await audit(node.url, acknowledged)).toEqual([]);
      expect(acknowledged.size).toBeGreaterThan(ROUNDS);
      expect(await node.stop('SIGTERM')).toBe(0);
    },
    30_000 + ROUNDS * 4_000,
  );

  it('goes on where it stood after being stopped and continued, and answers or times out whoever waited', async () => {
    const node = await startNodeProcess(directory);
    const client = EventStoreDBClient.connectionString(node.url);
    const stream = `stopped-${randomUUID()}`;
    await client.appendToStream(stream, noted(0), { expectedRevision: 'no_stream', ...UNARY });
    node.child.kill('SIGSTOP');
    const [event] = [noted(1, randomUUID())];
    const waiting = client.appendToStream(stream, event, { expectedRevision: 0n, deadline: 500, ...UNARY });
    await expect(waiting).rejects.toMatchObject({ type: 'deadline-exceeded' });
    node.child.kill('SIGCONT');
    // whether it was stored is not known until it is asked again, the same way
    const again = await client.appendToStream(stream, event, { expectedRevision: 0n, ...UNARY });
    expect(again.nextExpectedRevision).toBe(1n);
    expect((await collect(client.readStream(stream))).map(({ event: each }) => each?.data)).toEqual([{ n: 0 }, { n: 1 }]);
    await client.dispose();
    expect(await node.stop('SIGTERM')).toBe(0);
  }, 30_000);

  it('holds no more than a little for a subscriber that does not read, however much is appended', async () => {
    const node = await startNodeProcess(directory);
    const [writer, reader] = [node.url, node.url].map((url) => EventStoreDBClient.connectionString(url));
    if (writer === undefined || reader === undefined) throw new Error('no client');
    const stats = async (): Promise<{ bufferedBytes: number; memoryBytes: number }> => {
      const facts: unknown = await (await fetch(node.url.replace('esdb', 'http').replace('?tls=false', '/stats'))).json();
      return facts as { bufferedBytes: number; memoryBytes: number };
    };
    const prefix = `flood-${randomUUID()}`;
    const subscription = reader.subscribeToAll({ fromPosition: 'end', filter: streamNameFilter({ prefixes: [prefix] }) });
    const fellBehind: unknown[] = [];
    subscription.on('fellBehind', () => fellBehind.push('fell behind'));
    await once(subscription, 'confirmation');
    subscription.pause();
    let mostBuffered = 0;
    for (let batch = 0; batch < FLOOD / 1000; batch += 1) {
      const events = Array.from({ length: 200 }, (_, n) => jsonEvent({ type: 'Noted', data: { n, pad: 'x'.repeat(900) } }));
      await Promise.all(
        [0, 1, 2, 3, 4].map((n) =>
          writer.appendToStream(
            `${prefix}-${n}`,
            events.map((each) => ({ ...each, id: randomUUID() })),
          ),
        ),
      );
      mostBuffered = Math.max(mostBuffered, (await stats()).bufferedBytes);
    }
    expect(mostBuffered).toBeGreaterThan(0);
    expect(mostBuffered).toBeLessThan(2 * 1024 * 1024);
    const next = new Map<string, bigint>();
    let seen = 0;
    for await (const { event } of subscription) {
      if (event === undefined) continue;
      expect(event.revision).toBe(next.get(event.streamId) ?? 0n);
      next.set(event.streamId, event.revision + 1n);
      seen += 1;
      if (seen === FLOOD) break;
    }
    expect([seen, fellBehind]).toEqual([FLOOD, []]);
    await Promise.all([writer.dispose(), reader.dispose()]);
    expect(await node.stop('SIGTERM')).toBe(0);
  }, 120_000);

  it('lets one node at a time have a folder', async () => {
    const node = await startNodeProcess(directory);
    await expect(startNodeProcess(directory)).rejects.toThrow('ended before it was ready');
    await node.stop('SIGKILL');
    const next = await startNodeProcess(directory);
    expect(await next.stop('SIGTERM')).toBe(0);
  }, 20_000);

  it('ends by itself when its parent is gone', async () => {
    const parent = spawn(process.execPath, ['-e', 'setInterval(() => undefined, 1000)'], { stdio: 'ignore' });
    const node = await startNodeProcess(directory, { TIKETI_PARENT_PID: String(parent.pid) });
    const exited = once(node.child, 'exit');
    parent.kill('SIGKILL');
    await exited;
    expect(node.child.exitCode).toBe(0);
  }, 20_000);

  it('names its bad settings and stops', async () => {
    await expect(startNodeProcess(directory, { EVENT_STORE_NODE_PORT: 'many' })).rejects.toThrow('ended before it was ready');
  });
});
