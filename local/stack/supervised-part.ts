import type { ChildProcess } from 'node:child_process';
import { endChild, isRunning } from '../parts/lifeline.js';
import { errorText } from '../parts/until.js';
import type { PartPlan, StackContext } from './part.js';

export type PartState = 'waiting' | 'starting' | 'ready' | 'restarting' | 'down' | 'stopped';

export type SupervisedPart = {
  readonly plan: PartPlan;
  readonly state: PartState;
  /** Undefined while no process of it runs. */
  readonly pid: number | undefined;
  readonly restarts: number;
  /** The first start: resolves when ready, rejects when it failed, and then does not try again. */
  start(): Promise<void>;
  /** Ends its process: asked first, killed after `deadline` ms. */
  stop(deadline: number): Promise<void>;
  kill(signal: NodeJS.Signals): boolean;
};

export type Watching = {
  /** Called at every change of state or process. */
  changed(part: SupervisedPart): void;
  /** Tells the person. */
  say(line: string): void;
  /** Milliseconds before the first restart; doubles with each death of the last minute. */
  backoff: number;
};

const MINUTE = 60_000;
const DEATHS_A_MINUTE = 5;
const LONGEST_BACKOFF = 5_000;

/** Keeps one part running: a part that dies is started again, more and more slowly; five deaths within a minute leave it down. */
export function supervised(plan: PartPlan, context: StackContext, watching: Watching): SupervisedPart {
  let state: PartState = 'waiting';
  let child: ChildProcess | undefined;
  let restarts = 0;
  let deaths: number[] = [];
  let timer: NodeJS.Timeout | undefined;
  let stopping = false;

  const become = (next: PartState) => {
    state = next;
    watching.changed(part);
  };

  const launch = async () => {
    become('starting');
    await plan.start(context, (spawned) => {
      child = spawned;
      spawned.once('error', () => undefined);
      spawned.once('exit', (code, signal) => {
        if (state === 'ready' && child === spawned) died(signal ?? `exit code ${code}`);
      });
      if (stopping) spawned.kill('SIGKILL');
      watching.changed(part);
    });
    if (stopping) return;
    become('ready');
    // It may have died between its last healthy answer and now.
    if (child && !isRunning(child)) died(child.signalCode ?? `exit code ${child.exitCode}`);
  };

  const died = (how: string) => {
    if (stopping) return;
    const now = performance.now();
    deaths = [...deaths.filter((then) => now - then < MINUTE), now];
    if (deaths.length >= DEATHS_A_MINUTE) {
      watching.say(
        `${plan.name} died ${deaths.length} times within a minute (${how}) and is left down. Its log: ${context.home.log(plan.name)}`,
      );
      return become('down');
    }
    const wait = Math.min(watching.backoff * 2 ** (deaths.length - 1), LONGEST_BACKOFF);
    watching.say(`${plan.name} died (${how}); starting it again`);
    timer = setTimeout(again, wait);
    become('restarting');
  };

  const again = () => {
    restarts += 1;
    launch().catch(async (error: unknown) => {
      if (child) await endChild(child, plan.stopSignal ?? 'SIGTERM', 2_000);
      died(errorText(error));
    });
  };

  const part: SupervisedPart = {
    plan,
    get state() {
      return state;
    },
    get pid() {
      return child && isRunning(child) ? child.pid : undefined;
    },
    get restarts() {
      return restarts;
    },
    start: launch,
    stop: async (deadline) => {
      stopping = true;
      clearTimeout(timer);
      if (child) await endChild(child, plan.stopSignal ?? 'SIGTERM', deadline);
      become('stopped');
    },
    kill: (signal) => (child && isRunning(child) ? child.kill(signal) : false),
  };
  return part;
}
