import { link, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

const NAME = 'node.lock';

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

const holderOf = async (path: string): Promise<number | undefined> => {
  const [pid, start] = (await readFile(path, 'utf8').catch(() => '')).trim().split(' ');
  const holder = Number(pid);
  if (!Number.isInteger(holder) || holder <= 0 || !isAlive(holder)) return undefined;
  return (await startOf(holder)) === (start ?? '') ? holder : undefined;
};

/** Takes the folder for this process; resolves to the way to give it back. A lock left by a dead process is taken over. Throws FolderInUseError. */
export const lockFolder = async (directory: string): Promise<() => Promise<void>> => {
  const path = join(directory, NAME);
  const mine = `${path}.${process.pid}`;
  await writeFile(mine, `${process.pid} ${await startOf(process.pid)}\n`);
  try {
    for (;;) {
      try {
        await link(mine, path);
        return () => rm(path, { force: true });
      } catch (error) {
        if (codeOf(error) !== 'EEXIST') throw error;
      }
      const holder = await holderOf(path);
      if (holder !== undefined) throw new FolderInUseError(directory, holder);
      await rm(path, { force: true });
    }
  } finally {
    await rm(mine, { force: true });
  }
};
