import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { processExists } from './process-mark.js';

/**
 * A SIGTERM to `npm run` ends npm (and its shell) and leaves this process an orphan nobody can stop by that id. Calls `stop` once
 * any of the processes between npm and this one is gone. Does nothing when npm did not start us.
 */
export function endWithLauncher(stop: () => void, env: Readonly<Record<string, string | undefined>> = process.env): void {
  if (env.npm_lifecycle_event === undefined) return;
  const launchers = ancestors(process.ppid, 3);
  const timer = setInterval(() => {
    if (launchers.every(processExists) && process.ppid === launchers[0]) return;
    clearInterval(timer);
    stop();
  }, 500);
  timer.unref();
}

/** Up to and including npm itself, which is a Node process; the shell it uses may or may not stand in between. */
function ancestors(pid: number, most: number): number[] {
  if (most === 0 || pid <= 1) return [];
  const { parent, command } = look(pid);
  const isNpm = /node|npm/i.test(command);
  return [pid, ...(isNpm ? [] : ancestors(parent, most - 1))];
}

function look(pid: number): { parent: number; command: string } {
  try {
    if (process.platform === 'linux') {
      const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
      const end = stat.lastIndexOf(')');
      return { parent: Number(stat.slice(end + 2).split(' ')[1]), command: stat.slice(stat.indexOf('(') + 1, end) };
    }
    const [parent = '0', ...command] = execFileSync('ps', ['-o', 'ppid=,comm=', '-p', String(pid)], { encoding: 'utf8' })
      .trim()
      .split(/\s+/);
    return { parent: Number(parent), command: command.join(' ') };
  } catch {
    return { parent: 0, command: '' };
  }
}
