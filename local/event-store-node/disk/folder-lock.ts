import { readdir, readFile, readlink, rm, symlink } from 'node:fs/promises';
import { join } from 'node:path';

const NAME = /^node\.lock(?:\.(\d+))?$/;

/** Another process has the folder: two writers would destroy the log. */
export class FolderInUseError extends Error {
  constructor(directory: string, holder: number) {
    super(`The folder ${directory} is in use by process ${holder}.`);
    this.name = 'FolderInUseError';
  }
}

/** When the process was started, in kernel ticks, where the system tells: a process id alone may have been given out again. */
const startOf = async (pid: number): Promise<string> => {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '';
};

const codeOf = (error: unknown): unknown =>
  typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;

const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return codeOf(error) === 'EPERM';
  }
};

/** What a lock says: the text it points at or, of one that is a file, holds; '' where there is none any more. */
const textOf = (path: string): Promise<string> => readlink(path).catch(() => readFile(path, 'utf8').catch(() => ''));

const holderOf = async (path: string): Promise<number | undefined> => {
  const [pid, start] = (await textOf(path)).trim().split(' ');
  const holder = Number(pid);
  if (!Number.isInteger(holder) || holder <= 0 || !isAlive(holder)) return undefined;
  return (await startOf(holder)) === (start ?? '') ? holder : undefined;
};

interface Lock {
  readonly path: string;
  readonly number: number;
  /** The living process that has it. */
  readonly holder: number | undefined;
}

const locksIn = async (directory: string): Promise<Lock[]> => {
  const locks: Lock[] = [];
  for (const name of await readdir(directory)) {
    const match = NAME.exec(name);
    const path = join(directory, name);
    if (match !== null) locks.push({ path, number: Number(match[1] ?? 0), holder: await holderOf(path) });
  }
  return locks;
};

/**
 * Takes the folder for this process; resolves to the way to give it back. A lock left by a dead process is taken over. Throws FolderInUseError.
 *
 * A lock is a symbolic link to nowhere whose target names the holder: made in one step, and without bytes of its own, so that a node can start and be
 * read from when its disk is full. One left behind is never replaced, for two starts might both think that they had: the next one gets the next
 * number, which one start alone can make, and who then still finds a living holder of another gives way.
 */
export const lockFolder = async (directory: string): Promise<() => Promise<void>> => {
  const mine = `${process.pid} ${await startOf(process.pid)}`;
  const others = async (path?: string): Promise<Lock[]> => {
    const locks = (await locksIn(directory)).filter((lock) => lock.path !== path);
    const held = locks.find(({ holder }) => holder !== undefined);
    if (held?.holder === undefined) return locks;
    if (path !== undefined) await rm(path, { force: true });
    throw new FolderInUseError(directory, held.holder);
  };
  for (;;) {
    const number = Math.max(-1, ...(await others()).map((lock) => lock.number)) + 1;
    const path = join(directory, number === 0 ? 'node.lock' : `node.lock.${number}`);
    try {
      await symlink(mine, path);
    } catch (error) {
      if (codeOf(error) !== 'EEXIST') throw error;
      continue;
    }
    for (const left of await others(path)) await rm(left.path, { force: true });
    return () => rm(path, { force: true });
  }
};
