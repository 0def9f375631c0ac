import type { ChildProcess } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { mkdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { Redis } from 'ioredis';
import { freePort } from './free-port.js';
import { endChild, isRunning, spawnWithLifeline } from './lifeline.js';
import { findRedis, type RedisBinary } from './redis-binary.js';
import { repositoryRoot } from './repository.js';
import { errorText, until } from './until.js';

export type RedisOptions = {
  /** Holds the append-only file and the log; made when absent. */
  directory: string;
  /** 0 or absent: a free one. */
  port?: number;
  /** Where a privately unpacked server lives; default `.tiketi/redis-binaries` of the repository. */
  unpackInto?: string;
  /** Keeps nothing on disk: for tests. */
  fast?: boolean;
  logFile?: string;
  say?: (line: string) => void;
  /** Called with the process as soon as there is one, before it answers. */
  onSpawn?: (child: ChildProcess) => void;
};

export type RunningRedis = { url: string; port: number; pid: number; child: ChildProcess; stop(): Promise<void> };

/**
 * Starts a Redis (or Valkey) server on 127.0.0.1, finding or fetching it first (`findRedis`). It stops when this process ends, in
 * whatever way. Throws when there is none or it cannot start, with the end of its log.
 */
export async function startRedis(options: RedisOptions): Promise<RunningRedis> {
  const directory = path.resolve(options.directory);
  await mkdir(directory, { recursive: true });
  const unpackInto = options.unpackInto ?? path.join(repositoryRoot(), '.tiketi/redis-binaries');
  const binary = await findRedis({ unpackInto, ...(options.say ? { say: options.say } : {}) });
  const logFile = options.logFile ?? path.join(directory, 'redis.log');
  for (let attempt = 1; ; attempt += 1) {
    const port = options.port || (await freePort());
    const child = launch(binary, directory, port, logFile, options.fast === true);
    options.onSpawn?.(child);
    try {
      await until(() => answers(child, port), { deadline: 30_000, every: 25, what: 'Redis to answer' });
      return {
        url: `redis://127.0.0.1:${port}`,
        port,
        pid: child.pid ?? 0,
        child,
        stop: () => endChild(child, 'SIGTERM', 10_000),
      };
    } catch (error) {
      await endChild(child, 'SIGTERM', 2_000);
      const log = await readFile(logFile, 'utf8').catch(() => '');
      const lostThePort = log.slice(-2_000).includes('Address already in use') && !options.port;
      if (!lostThePort || attempt === 5) throw new Error(`Redis did not start: ${errorText(error)}\n${log.slice(-1_500)}`);
    }
  }
}

function launch(binary: RedisBinary, directory: string, port: number, logFile: string, fast: boolean): ChildProcess {
  const network = ['--bind', '127.0.0.1', '--port', String(port)];
  const disk = ['--dir', directory, '--save', '', '--appendonly', fast ? 'no' : 'yes', '--appendfsync', 'everysec'];
  const log = openSync(logFile, 'a');
  const child = spawnWithLifeline({
    command: binary.command,
    args: [...network, ...disk],
    farewell: 'TERM',
    log,
    env: { PATH: process.env.PATH ?? '', ...(binary.libraries === undefined ? {} : { LD_LIBRARY_PATH: binary.libraries }) },
  });
  closeSync(log);
  return child;
}

async function answers(child: ChildProcess, port: number): Promise<boolean> {
  if (!isRunning(child)) throw new Error('it exited');
  const client = new Redis({ port, host: '127.0.0.1', lazyConnect: true, retryStrategy: () => null, maxRetriesPerRequest: 0 });
  client.on('error', () => undefined);
  try {
    await client.connect();
    const info = await client.info('server');
    // A stranger may have taken the port in between; only our own process counts.
    return info.includes(`process_id:${child.pid}\r`);
  } catch {
    return false;
  } finally {
    client.disconnect();
  }
}
