import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DeadlineExceededError, EventStoreDBClient, TimeoutError, UnavailableError } from '@eventstore/db-client';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type EventStoreNode, startEventStoreNode } from './server.js';
import { FaultyDisk } from './testing/faulty-disk.js';
import { BATCH, noted, numbers, UNARY } from './testing/running-node.js';

describe('a node whose disk fails it', () => {
  let directory: string;
  let disk: FaultyDisk;
  let node: EventStoreNode;
  let client: EventStoreDBClient;
  const errors: string[] = [];
  const logger = { warn: () => undefined, error: (_facts: object, message: string) => void errors.push(message) };
  const stats = async (): Promise<unknown> => (await fetch(`http://127.0.0.1:${node.port}/stats`)).json();
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'event-store-failing-'));
    disk = new FaultyDisk();
    errors.length = 0;
    node = await startEventStoreNode({ directory, port: 0, disk, logger });
    client = EventStoreDBClient.connectionString(node.url);
    await client.appendToStream('s', noted(1));
  });
  const reconnect = async (): Promise<void> => {
    await client.dispose();
    client = EventStoreDBClient.connectionString(node.url);
  };
  afterEach(async () => {
    await client.dispose();
    await node.close();
    await rm(directory, { recursive: true });
  });

  it('answers no append it could not sync, stays up for readers, and says why it is read-only', async () => {
    disk.failNext = new Error('EIO: i/o error, fdatasync');
    await expect(client.appendToStream('s', noted(2), UNARY)).rejects.toBeInstanceOf(UnavailableError);
    await reconnect();
    await expect(client.appendToStream('s', noted(2), UNARY)).rejects.toMatchObject({ code: 14 });
    await reconnect();
    await expect(client.appendToStream('s', noted(3))).rejects.toBeInstanceOf(Error);
    expect(await numbers(client.readStream('s'))).toEqual([1]);
    expect(await stats()).toMatchObject({ readOnly: expect.stringContaining('EIO') });
    expect(errors).toEqual(['the event log is read-only']);
  });

  it.each([UNARY, BATCH])('refuses appends while the disk is full and takes them again without a restart', async (how) => {
    disk.room = 0;
    await expect(client.appendToStream('s', noted(2), { expectedRevision: 0n, ...how })).rejects.toThrow(Error);
    expect(await stats()).toMatchObject({ readOnly: null, diskFull: expect.stringContaining('ENOSPC') });
    await reconnect();
    expect(await numbers(client.readStream('s'))).toEqual([1]);
    disk.room = Number.POSITIVE_INFINITY;
    await client.appendToStream('s', noted(2), { expectedRevision: 0n, ...how });
    expect(await numbers(client.readStream('s'))).toEqual([1, 2]);
    expect(await stats()).toMatchObject({ diskFull: null });
    expect(errors).toEqual(['the disk is full: appends are refused until there is room']);
  });

  it('starts read-only on a damaged log and names the place to clients, on /stats and in its log', async () => {
    await client.appendToStream('t', noted(2));
    await node.close();
    const name = '0000000000000000.log';
    const bytes = Buffer.from(disk.files.get(name) ?? Buffer.alloc(0));
    const at = bytes.indexOf('{"n":1}');
    bytes[at] = 0;
    disk.files.set(name, bytes);
    disk.files.delete('index.checkpoint');
    errors.length = 0;
    node = await startEventStoreNode({ directory, port: 0, disk, logger });
    await reconnect();
    expect(await numbers(client.readStream('t'))).toEqual([2]);
    expect(await stats()).toMatchObject({ readOnly: expect.stringMatching(/segment 0{16}\.log at offset \d+/) });
    expect(errors).toEqual(['the event log is read-only']);
    await expect(numbers(client.readAll())).rejects.toMatchObject({
      code: 15,
      message: expect.stringContaining('0000000000000000.log'),
    });
    await expect(client.appendToStream('t', noted(3), UNARY)).rejects.toThrow(/read-only.*damaged/);
  });

  it('tells callers within two seconds that it does not know, when the disk does not answer', async () => {
    disk.held = true;
    const started = Date.now();
    const [unary, batch] = await Promise.allSettled([
      client.appendToStream('s', noted(2), UNARY),
      client.appendToStream('t', noted(3), { expectedRevision: 'any' }),
    ]);
    expect(Date.now() - started).toBeLessThan(4000);
    expect(unary).toMatchObject({ status: 'rejected', reason: expect.any(TimeoutError) });
    expect(batch).toMatchObject({ status: 'rejected', reason: expect.any(DeadlineExceededError) });
    expect(await numbers(client.readStream('s'))).toEqual([1]);
  }, 15_000);

  it('refuses a batch append whose deadline has passed, and stores nothing', async () => {
    await expect(client.appendToStream('late', noted(1), { deadline: -60_000 })).rejects.toBeInstanceOf(DeadlineExceededError);
    await expect(numbers(client.readStream('late'))).rejects.toMatchObject({ type: 'stream-not-found' });
  });

  it('puts a batch append together that comes in many messages', async () => {
    const events = Array.from({ length: 50 }, (_, n) => noted(n));
    const result = await client.appendToStream('parts', events, { batchAppendSize: 200 });
    expect(result.nextExpectedRevision).toBe(49n);
    expect(await numbers(client.readStream('parts'))).toEqual(events.map(({ data }) => data.n));
  });
});
