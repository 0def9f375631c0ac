import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type AllStreamResolvedEvent,
  EventStoreDBClient,
  type JSONEventType,
  jsonEvent,
  type ResolvedEvent,
} from '@eventstore/db-client';
import { type EventStoreNode, startEventStoreNode } from '../server.js';

/** A node on a folder of its own, with the official client connected to it. */
export interface RunningNode {
  node: EventStoreNode;
  client: EventStoreDBClient;
  readonly directory: string;
  /** Stops the node and starts another on the same folder, as a restart does. */
  restart(): Promise<void>;
  stop(): Promise<void>;
}

export const runNode = async (): Promise<RunningNode> => {
  const directory = await mkdtemp(join(tmpdir(), 'event-store-node-'));
  const node = await startEventStoreNode({ directory, port: 0 });
  const running: RunningNode = {
    node,
    client: EventStoreDBClient.connectionString(node.url),
    directory,
    restart: async () => {
      await running.client.dispose();
      await running.node.close();
      running.node = await startEventStoreNode({ directory, port: 0 });
      running.client = EventStoreDBClient.connectionString(running.node.url);
    },
    stop: async () => {
      await running.client.dispose();
      await running.node.close();
      await rm(directory, { recursive: true, force: true });
    },
  };
  return running;
};

export type Noted = JSONEventType<string, { n: number }>;

/** A plain event; the id only where a test is about ids. */
export const noted = (n: number, id?: string, type = 'Noted') =>
  jsonEvent<Noted>({ type, data: { n }, ...(id === undefined ? {} : { id }) });

export const collect = async <E extends ResolvedEvent | AllStreamResolvedEvent>(events: AsyncIterable<E>): Promise<E[]> => {
  const all: E[] = [];
  for await (const event of events) all.push(event);
  return all;
};

/** The `n` of each event read, links resolved. */
export const numbers = async (events: AsyncIterable<ResolvedEvent | AllStreamResolvedEvent>): Promise<number[]> =>
  (await collect(events)).flatMap(({ event }) => {
    const data: unknown = event?.data;
    return typeof data === 'object' && data !== null && 'n' in data && typeof data.n === 'number' ? [data.n] : [];
  });

/** Per-call credentials make the client append through the unary call instead of the batch stream. */
export const UNARY = { credentials: { username: 'admin', password: 'changeit' } };
export const BATCH = {};
