import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { binaryEvent, EventStoreDBClient } from '@eventstore/db-client';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type EventStoreNode, startEventStoreNode } from '../server.js';
import { FaultyDisk } from '../testing/faulty-disk.js';

const APPENDS = 60;

describe('batch appends to a disk that does not keep up', () => {
  let directory: string;
  let disk: FaultyDisk;
  let node: EventStoreNode;
  let client: EventStoreDBClient;
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'event-store-slow-'));
    disk = new FaultyDisk();
    node = await startEventStoreNode({ directory, port: 0, disk });
    client = EventStoreDBClient.connectionString(node.url);
    await client.appendToStream('s', binaryEvent({ type: 'First', data: Buffer.alloc(1) }));
    disk.held = true;
  });
  afterEach(async () => {
    disk.release();
    await client.dispose();
    await node.close();
    await rm(directory, { recursive: true });
  });
  const stats = async (): Promise<{ appends: number; logBytes: number }> =>
    (await (await fetch(`http://127.0.0.1:${node.port}/stats`)).json()) as { appends: number; logBytes: number };
  const appendMany = (deadline: number): Promise<PromiseSettledResult<unknown>[]> =>
    Promise.allSettled(
      Array.from({ length: APPENDS }, (_, n) =>
        client.appendToStream(`s-${n}`, binaryEvent({ type: 'Big', data: Buffer.alloc(1_000_000) }), { deadline }),
      ),
    );

  it('are each answered by their deadline or soon after, and no more are taken in than the log may hold', async () => {
    const before = (await stats()).appends;
    const started = Date.now();
    const outcomes = await appendMany(3000);
    expect(outcomes.map(({ status }) => status)).toEqual(outcomes.map(() => 'rejected'));
    expect(Date.now() - started).toBeLessThan(8000);
    const taken = (await stats()).appends - before;
    expect(taken).toBeGreaterThan(30);
    expect(taken).toBeLessThan(36);
    // a caller that comes anew is not let in either
    const other = EventStoreDBClient.connectionString(node.url);
    await expect(other.appendToStream('t', binaryEvent({ type: 'Big', data: Buffer.alloc(1000) }))).rejects.toThrow(/nothing/i);
    expect((await stats()).appends - before).toBe(taken);
    await other.dispose();
  }, 20_000);

  it('wait and are stored when it catches up in time', async () => {
    const outcomes = appendMany(10_000);
    for (const deadline = Date.now() + 10_000; (await stats()).appends < 33 && Date.now() < deadline; );
    disk.release();
    // more than were let in before: on a machine too busy to take them all in within their two seconds, not every one
    const stored = (await outcomes).filter(({ status }) => status === 'fulfilled').length;
    expect(stored).toBeGreaterThan(36);
  }, 20_000);
});
