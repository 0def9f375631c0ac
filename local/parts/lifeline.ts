import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Writable } from 'node:stream';

export type LifelineOptions = {
  command: string;
  args: readonly string[];
  /** What the child is told when its parent vanishes; five seconds later it is killed. */
  farewell: 'TERM' | 'INT' | 'QUIT';
  env?: Readonly<Record<string, string>>;
  cwd?: string;
  /** File descriptor that receives stdout and stderr; without it they are pipes. */
  log?: number;
  uid?: number;
  gid?: number;
};

/*
 * The shell leaves a watcher reading a pipe only this process holds open, then becomes the command itself, so `pid` is the
 * command's. However this process ends, kill -9 included, the pipe closes and the watcher ends the command. A line on the
 * pipe disarms it. The command gets a session of its own: Ctrl-C reaches the supervisor alone, which stops parts in order.
 */
const SCRIPT = `farewell=$1; shift
( trap '' INT QUIT TERM; read -r done <&3 || { kill -s "$farewell" $$; sleep 5; kill -s KILL $$; } ) >/dev/null 2>&1 &
exec "$@" 3<&-`;

/** Starts a command that cannot outlive this process. Its `pid` is the command's own. */
export function spawnWithLifeline(options: LifelineOptions): ChildProcess {
  const output = options.log ?? 'pipe';
  const child = spawn('/bin/sh', ['-c', SCRIPT, 'lifeline', options.farewell, options.command, ...options.args], {
    detached: true,
    stdio: ['ignore', output, output, 'pipe'],
    env: options.env ?? process.env,
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
    ...(options.uid === undefined ? {} : { uid: options.uid }),
    ...(options.gid === undefined ? {} : { gid: options.gid }),
  });
  const lifeline = child.stdio[3] as Writable;
  lifeline.on('error', () => undefined);
  // It is a socket: unread, its other half would hold the event loop.
  child.once('exit', () => lifeline.end('done\n', () => lifeline.destroy()));
  return child;
}

export const isRunning = (child: ChildProcess): boolean =>
  child.pid !== undefined && child.exitCode === null && child.signalCode === null;

/** Asks a child to end and, when the deadline (ms) has passed, kills it. Resolves once it is gone. */
export async function endChild(child: ChildProcess, signal: NodeJS.Signals, deadline: number): Promise<void> {
  if (!isRunning(child)) return;
  const gone = once(child, 'exit');
  child.kill(signal);
  const timer = setTimeout(() => child.kill('SIGKILL'), deadline);
  await gone;
  clearTimeout(timer);
}
