import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, readdir, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { errorText } from './until.js';

const run = promisify(execFile);
const NAMES = ['redis-server', 'valkey-server'];

type Environment = Readonly<Record<string, string | undefined>>;
type Say = (line: string) => void;

export type RedisBinary = {
  command: string;
  /** Folder of shared libraries unpacked beside it. */
  libraries?: string;
};

export type FindRedisOptions = {
  /** Where a private copy is kept, and looked for. */
  unpackInto: string;
  env?: Environment;
  /** Told what is about to be done, in a sentence. */
  say?: Say;
};

/**
 * Finds a Redis server, fetching one when there is none: PATH, an earlier private copy, a private copy unpacked from Debian's
 * packages (needs no root), the system's installer. TIKETI_NO_INSTALL=1 stops after looking. Throws one message for people.
 */
export async function findRedis(options: FindRedisOptions): Promise<RedisBinary> {
  const env = options.env ?? process.env;
  const say = options.say ?? (() => undefined);
  const found = onPath(NAMES, env) ?? (await privateCopy(options.unpackInto));
  if (found) return found;
  if (env.TIKETI_NO_INSTALL === '1') throw new Error(missing('installing is switched off by TIKETI_NO_INSTALL=1'));
  const tried: string[] = [];
  for (const way of [unpackPackages, installWithSystem]) {
    try {
      const got = await way(options.unpackInto, env, say);
      if (got) return got;
    } catch (error) {
      tried.push(errorText(error).split('\n')[0] ?? '');
    }
  }
  throw new Error(missing(tried.join('; ') || 'nothing here can install it'));
}

const missing = (why: string) =>
  `Redis: no redis-server or valkey-server found, and ${why}. Install one (apt-get install redis-server, brew install redis), or give a server by REDIS_URL.`;

function onPath(names: readonly string[], env: Environment): RedisBinary | undefined {
  const folders = (env.PATH ?? '').split(path.delimiter).filter(Boolean);
  const command = names.flatMap((name) => folders.map((folder) => path.join(folder, name))).find((file) => existsSync(file));
  return command === undefined ? undefined : { command };
}

async function privateCopy(root: string): Promise<RedisBinary | undefined> {
  const command = NAMES.map((name) => path.join(root, 'usr/bin', name)).find((file) => existsSync(file));
  if (command === undefined) return undefined;
  const binary = { command, libraries: await libraryFolder(root) };
  await run(command, ['--version'], { env: { LD_LIBRARY_PATH: binary.libraries } });
  return binary;
}

/** Debian keeps libraries in a folder named after the machine, as in usr/lib/x86_64-linux-gnu. */
async function libraryFolder(root: string): Promise<string> {
  const inside = await readdir(path.join(root, 'usr/lib')).catch(() => []);
  return path.join(root, 'usr/lib', inside.find((name) => name.includes('-linux-')) ?? '');
}

async function unpackPackages(root: string, env: Environment, say: Say): Promise<RedisBinary | undefined> {
  if (!onPath(['apt-get'], env) || !onPath(['dpkg'], env)) return undefined;
  const work = `${root}.${process.pid}`;
  try {
    // The system's lists may be absent or out of date; reading them needs no root, nor does fetching a set of our own.
    return (
      (await unpackWith([], work, root, say).catch(() => undefined)) ??
      (await unpackWith(await ownLists(work, say), work, root, say))
    );
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

async function unpackWith(options: readonly string[], work: string, root: string, say: Say): Promise<RedisBinary | undefined> {
  const packages = (await wanted('redis', options)) ?? (await wanted('valkey', options));
  if (packages === undefined) return undefined;
  say(`Redis is not installed: unpacking ${packages.join(', ')} into ${root}`);
  const downloads = path.join(work, 'packages');
  await mkdir(downloads, { recursive: true });
  await run('apt-get', [...options, 'download', ...packages], { cwd: downloads });
  for (const file of await readdir(downloads)) await run('dpkg', ['-x', path.join(downloads, file), path.join(work, 'root')]);
  await mkdir(path.dirname(root), { recursive: true });
  // Somebody else may have unpacked the same meanwhile: the first one stays.
  await rename(path.join(work, 'root'), root).catch(() => undefined);
  return privateCopy(root);
}

async function ownLists(work: string, say: Say): Promise<string[]> {
  for (const folder of ['state/lists/partial', 'cache/archives/partial'])
    await mkdir(path.join(work, folder), { recursive: true });
  const options = [
    '-o',
    `Dir::State=${work}/state`,
    '-o',
    `Dir::Cache=${work}/cache`,
    '-o',
    'Dir::State::status=/var/lib/dpkg/status',
  ];
  say('Redis is not installed: fetching package lists to find it');
  await run('apt-get', [...options, 'update'], { maxBuffer: 1 << 24 });
  return options;
}

/** The server's package, the one that holds its binary (redis-tools), and every library of that except the C library itself. */
async function wanted(family: string, options: readonly string[]): Promise<string[] | undefined> {
  const [server, tools] = [`${family}-server`, `${family}-tools`];
  const { stdout: policy } = await run('apt-cache', [...options, 'policy', server]);
  if (!/Candidate: (?!\(none\))/.test(policy)) return undefined;
  const { stdout } = await run('apt-cache', [...options, 'depends', '--no-recommends', '--no-suggests', server, tools]);
  const libraries = [...stdout.matchAll(/^ *\|?Depends: (lib[\w.+-]+)$/gm)].map((match) => match[1] ?? '');
  return [...new Set([server, tools, ...libraries.filter((name) => !/^libc6|^libelogind/.test(name))])];
}

async function installWithSystem(_root: string, env: Environment, say: Say): Promise<RedisBinary | undefined> {
  const command = installer(env);
  if (command === undefined) return undefined;
  say(`Redis is not installed: running ${command.join(' ')}`);
  const [program = '', ...args] = command;
  await run(program, args, { timeout: 300_000, maxBuffer: 1 << 24 });
  return onPath(NAMES, env) ?? onPath(NAMES, { PATH: '/opt/homebrew/bin:/usr/local/bin:/usr/bin' });
}

function installer(env: Environment): string[] | undefined {
  if (onPath(['brew'], env)) return ['brew', 'install', 'redis'];
  const asRoot = process.getuid?.() === 0 ? [] : ['sudo', '-n'];
  if (onPath(['apt-get'], env)) return [...asRoot, 'apt-get', 'install', '-y', 'redis-server'];
  if (onPath(['dnf'], env)) return [...asRoot, 'dnf', 'install', '-y', 'redis'];
  if (onPath(['apk'], env)) return [...asRoot, 'apk', 'add', 'redis'];
  return undefined;
}
