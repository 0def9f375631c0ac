import { connect } from 'node:net';
import path from 'node:path';
import pg from 'pg';
import { postgresPassword, startPostgres } from '../parts/postgres.js';
import { postgresBinaries } from '../parts/postgres-binaries.js';
import { startRedis } from '../parts/redis.js';
import { findRedis } from '../parts/redis-binary.js';
import { repositoryRoot } from '../parts/repository.js';
import { errorText } from '../parts/until.js';
import { DATABASE } from './database-owners.js';
import { nodePart } from './node-part.js';
import type { PartPlan } from './part.js';
import { prepareDatabase } from './prepare-database.js';
import type { StackSettings } from './settings.js';

/** Postgres with the roles and schemas of every owner, from npm's binaries or by DATABASE_URL (an administrator's). */
export function database({ DATABASE_URL: given }: StackSettings): PartPlan {
  if (given !== undefined) {
    const check = () =>
      explain(
        'DATABASE_URL',
        withDatabase(given, (client) => client.query('SELECT 1')),
      );
    const start: PartPlan['start'] = ({ secrets }) => prepareDatabase(given, secrets.roles);
    return { name: 'postgres', nature: 'given', after: [], label: 'Postgres', address: () => given, check, start };
  }
  return {
    name: 'postgres',
    nature: 'real',
    after: [],
    label: 'Postgres',
    stopSignal: 'SIGINT',
    address: ({ home, port }) =>
      `postgres://postgres:${postgresPassword(home.data('postgres'))}@127.0.0.1:${port('postgres')}/${DATABASE}`,
    check: async () => void (await postgresBinaries()),
    start: async ({ home, port, secrets, url }, onSpawn) => {
      const options = {
        directory: home.data('postgres'),
        port: port('postgres'),
        databases: [DATABASE],
        logFile: home.log('postgres'),
      };
      await startPostgres({ ...options, onSpawn });
      await prepareDatabase(url('postgres'), secrets.roles);
    },
  };
}

/** Redis found or fetched on this machine, or by REDIS_URL. */
export function redis({ REDIS_URL: given }: StackSettings): PartPlan {
  if (given !== undefined) {
    const check = () => explain('REDIS_URL', reachable(new URL(given), 6379));
    return {
      name: 'redis',
      nature: 'given',
      after: [],
      label: 'Redis',
      address: () => given,
      check,
      start: async () => undefined,
    };
  }
  const unpackInto = path.join(repositoryRoot(), '.tiketi/redis-binaries');
  return {
    name: 'redis',
    nature: 'real',
    after: [],
    label: 'Redis',
    address: ({ port }) => `redis://127.0.0.1:${port('redis')}`,
    check: async (_context, say) => void (await findRedis({ unpackInto, say })),
    start: async ({ home, port }, onSpawn) => {
      await startRedis({ directory: home.data('redis'), port: port('redis'), logFile: home.log('redis'), unpackInto, onSpawn });
    },
  };
}

/** The event-store node, or an EventStoreDB by EVENTSTORE_URL. */
export function eventStore({ EVENTSTORE_URL: given }: StackSettings, file: string): PartPlan {
  const name = 'event-store';
  if (given !== undefined) {
    // One reachable node of those the connection string names is enough: the client finds the others.
    const hosts = given.replace(/^[^/]*\/\/([^@/]*@)?/, '').split(/[/?]/)[0] ?? '';
    const check = () =>
      explain('EVENTSTORE_URL', Promise.any(hosts.split(',').map((host) => reachable(new URL(`tcp://${host}`), 2113))));
    return { name, nature: 'given', after: [], label: 'EventStoreDB', address: () => given, check, start: async () => undefined };
  }
  return nodePart({
    name,
    label: 'EventStoreDB: a local stand-in that speaks its protocol, one node, durable',
    nature: 'simulated',
    file,
    health: '/health/live',
    address: ({ port }) => `esdb://127.0.0.1:${port(name)}?tls=false`,
    env: ({ home, port }) => ({ EVENT_STORE_NODE_DIR: home.data(name), EVENT_STORE_NODE_PORT: String(port(name)) }),
  });
}

async function withDatabase(url: string, work: (client: pg.Client) => Promise<unknown>): Promise<void> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 5_000 });
  await client.connect();
  await work(client).finally(() => client.end());
}

function reachable(url: URL, usualPort: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: url.hostname, port: Number(url.port || usualPort), timeout: 5_000 });
    const refuse = (why: string) => {
      socket.destroy();
      reject(new Error(why));
    };
    socket.once('connect', () => {
      socket.destroy();
      resolve();
    });
    socket.once('timeout', () => refuse(`${url.host} does not answer`));
    socket.once('error', (error: NodeJS.ErrnoException) => refuse(`${url.host}: ${error.code ?? error.message}`));
  });
}

async function explain(setting: string, look: Promise<unknown>): Promise<void> {
  await look.catch((error: unknown) => {
    const inner = error instanceof AggregateError ? error.errors.map(errorText).join('; ') : errorText(error);
    throw new Error(`The server of ${setting} cannot be used: ${inner}`);
  });
}
