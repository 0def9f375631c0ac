import { type ChildProcess, execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { closeSync, existsSync, openSync, readFileSync } from 'node:fs';
import { chown, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import pg from 'pg';
import { freePort } from './free-port.js';
import { endChild, isRunning, spawnWithLifeline } from './lifeline.js';
import { type PostgresAccount, postgresAccount } from './postgres-account.js';
import { postgresBinaries } from './postgres-binaries.js';
import { errorText, until } from './until.js';

const run = promisify(execFile);

export type PostgresOptions = {
  /** Holds the data, the superuser's password and the log; made when absent. */
  directory: string;
  /** 0 or absent: a free one. */
  port?: number;
  /** Databases that must exist besides `postgres`. */
  databases?: readonly string[];
  /** Trades durability for speed: for tests only. */
  fast?: boolean;
  /** Where the server's own log goes; default `<directory>/postgres.log`. */
  logFile?: string;
  /** Root only: run as the account `nobody` instead of in a user namespace. */
  withoutNamespace?: boolean;
  /** Called with the process as soon as there is one, before it accepts connections. */
  onSpawn?: (child: ChildProcess) => void;
};

export type RunningPostgres = {
  /** Superuser's connection string, database `postgres`. */
  url: string;
  port: number;
  pid: number;
  child: ChildProcess;
  stop(): Promise<void>;
};

/** UTF-8 so that Hangul is text, byte order so that sorting is the same everywhere; macOS has no C.UTF-8. */
const LOCALE = process.platform === 'darwin' ? 'en_US.UTF-8' : 'C.UTF-8';

const FAST = ['fsync=off', 'synchronous_commit=off', 'full_page_writes=off', 'autovacuum=off'];
const ALWAYS = [
  'listen_addresses=127.0.0.1',
  'unix_socket_directories=',
  'max_connections=200',
  'shared_buffers=64MB',
  'jit=off',
];

/**
 * Starts the Postgres that npm installed on 127.0.0.1, initialising its folder at the first start. It stops when this process
 * ends, in whatever way. Throws when it cannot start, with the end of its log.
 */
export async function startPostgres(options: PostgresOptions): Promise<RunningPostgres> {
  const directory = path.resolve(options.directory);
  await mkdir(directory, { recursive: true });
  const account = await postgresAccount(directory, await postgresBinaries(), options.withoutNamespace);
  const password = await initialise(directory, account, options.fast === true);
  const logFile = options.logFile ?? path.join(directory, 'postgres.log');
  await forgetStranger(account);
  for (let attempt = 1; ; attempt += 1) {
    const port = options.port || (await freePort());
    const child = launch(account, port, logFile, options.fast === true);
    options.onSpawn?.(child);
    const url = `postgres://postgres:${password}@127.0.0.1:${port}/postgres`;
    try {
      await until(() => prepared(child, url, options.databases ?? []), {
        deadline: 30_000,
        every: 25,
        what: 'Postgres to accept connections',
      });
      return { url, port, pid: child.pid ?? 0, child, stop: () => endChild(child, 'SIGINT', 10_000) };
    } catch (error) {
      await endChild(child, 'SIGQUIT', 2_000);
      const log = await readFile(logFile, 'utf8').catch(() => '');
      const lostThePort = log.slice(-2_000).includes('Address already in use') && !options.port;
      if (!lostThePort || attempt === 5) throw new Error(`Postgres did not start: ${errorText(error)}\n${log.slice(-1_500)}`);
    }
  }
}

/** The superuser's password; empty before the first start has made it. */
export function postgresPassword(directory: string): string {
  const file = path.join(directory, 'password');
  return existsSync(file) ? readFileSync(file, 'utf8') : '';
}

function launch(account: PostgresAccount, port: number, logFile: string, fast: boolean): ChildProcess {
  const settings = [`port=${port}`, ...ALWAYS, ...(fast ? FAST : [])].flatMap((setting) => ['-c', setting]);
  const [command = '', ...args] = [
    ...account.prefix,
    path.join(account.binaries, 'bin/postgres'),
    '-D',
    account.data,
    ...settings,
  ];
  const log = openSync(logFile, 'a');
  // INT is what Postgres calls a fast shutdown: sessions are cut, data is flushed.
  const child = spawnWithLifeline({ command, args, farewell: 'INT', log, env: environment(), cwd: '/', ...ids(account) });
  closeSync(log);
  return child;
}

async function initialise(directory: string, account: PostgresAccount, fast: boolean): Promise<string> {
  const passwordFile = path.join(directory, 'password');
  const complete = path.join(directory, 'initialised');
  if (existsSync(complete)) return readFile(passwordFile, 'utf8');
  const password = randomBytes(18).toString('base64url');
  await emptyData(account);
  await writeFile(passwordFile, password, { mode: 0o600 });
  const handed = path.join(account.data, '..', 'initial-password');
  await writeFile(handed, password, { mode: 0o600 });
  if (account.uid !== undefined && account.gid !== undefined) await chown(handed, account.uid, account.gid);
  const initdb = [
    path.join(account.binaries, 'bin/initdb'),
    '-D',
    account.data,
    '-U',
    'postgres',
    '-E',
    'UTF8',
    `--locale=${LOCALE}`,
    '--lc-collate=C',
  ];
  const [command = '', ...args] = [
    ...account.prefix,
    ...initdb,
    '--auth=scram-sha-256',
    `--pwfile=${handed}`,
    ...(fast ? ['--no-sync'] : []),
  ];
  await run(command, args, { env: environment(), cwd: '/', ...ids(account) }).catch(
    (error: { stderr?: string; message: string }) => {
      throw new Error(`Postgres could not be initialised in ${account.data}: ${error.stderr || error.message}`);
    },
  );
  await rm(handed);
  await writeFile(complete, '');
  return password;
}

/**
 * After a crash Postgres looks whether the process named in its old lock file still lives; in a container that id soon belongs
 * to somebody else, and it would refuse to start for ever.
 */
async function forgetStranger({ data }: PostgresAccount): Promise<void> {
  const lock = path.join(data, 'postmaster.pid');
  const pid = (await readFile(lock, 'utf8').catch(() => '')).split('\n')[0];
  const command = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => undefined);
  if (command !== undefined && !command.includes(data)) await rm(lock, { force: true });
}

/** An initialisation that was cut short leaves half a cluster, which initdb refuses to touch. */
async function emptyData(account: PostgresAccount): Promise<void> {
  if (account.uid === undefined) await rm(account.data, { recursive: true, force: true });
  else await run('find', [account.data, '-mindepth', '1', '-delete']);
}

async function prepared(child: ChildProcess, url: string, databases: readonly string[]): Promise<boolean> {
  if (!isRunning(child)) throw new Error('it exited');
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => undefined);
  try {
    await client.connect();
  } catch {
    return false;
  }
  try {
    await assertHangulIsText(client);
    for (const name of databases) {
      const found = await client.query('SELECT 1 FROM pg_database WHERE datname = $1', [name]);
      if (found.rowCount === 0) await client.query(`CREATE DATABASE ${pg.escapeIdentifier(name)}`);
    }
    return true;
  } finally {
    await client.end();
  }
}

/** Under LC_CTYPE `C` Hangul is no letter to pg_trgm, and Korean search finds nothing without any error. */
async function assertHangulIsText(client: pg.Client): Promise<void> {
  const { rows } = await client.query<{ datctype: string }>(
    'SELECT datctype FROM pg_database WHERE datname = current_database()',
  );
  if (!/utf-?8/i.test(rows[0]?.datctype ?? '')) throw new Error(`LC_CTYPE is ${rows[0]?.datctype}; Korean search needs C.UTF-8`);
}

const ids = ({ uid, gid }: PostgresAccount) => (uid === undefined || gid === undefined ? {} : { uid, gid });

/** Nothing of PGPORT, PGDATA and the like may leak in from the person's own shell. */
const environment = () => ({ PATH: process.env.PATH ?? '/usr/bin:/bin', TZ: 'UTC', LC_ALL: LOCALE });
