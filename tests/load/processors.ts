import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { childrenOf } from './processor-time.js';

const run = promisify(execFile);

/** Keeps processes and all below them on one processor, by Linux's `taskset`. What they start later stays there too. */
export const keepOn = async (processor: number, pids: readonly number[]): Promise<void> => {
  const all = [...pids, ...(await Promise.all(pids.map(childrenOf))).flat()];
  for (const pid of all) await run('taskset', ['--all-tasks', '--cpu-list', '--pid', String(processor), String(pid)]);
};
