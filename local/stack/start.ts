import { rm } from 'node:fs/promises';
import { freePort } from '../parts/free-port.js';
import { errorText } from '../parts/until.js';
import { StackFaults } from './fault.js';
import { clearHome, prepareHome, type StackHome, stackHome } from './home.js';
import { endLeftovers } from './leftovers.js';
import { takeLock } from './lock.js';
import type { PartPlan, StackContext } from './part.js';
import { tiketiParts } from './parts.js';
import { preflight } from './preflight.js';
import { lastRun, type RunInfo } from './run-info.js';
import { loadSecrets } from './secrets.js';
import { type Seeding, seed } from './seed.js';
import { readSettings, type StackSettings } from './settings.js';
import { createSupervisor, type Supervisor } from './supervisor.js';

export type StackOptions = {
  /** Port of the edge; default 3000, 0 takes a free one. */
  port?: number | string;
  /** Address the edge listens on; default 127.0.0.1. */
  host?: string;
  /** Processes of the reservation service; default TIKETI_RESERVATION_REPLICAS or 1. */
  replicas?: string;
  /** Folder of data, logs and keys; default TIKETI_HOME or `.tiketi`. */
  home?: string;
  /** Forget what an earlier run left. */
  fresh?: boolean;
  /** Load the demo data; default true. */
  demoData?: boolean;
  env?: Readonly<Record<string, string | undefined>>;
  /** Other parts than Tiketi's own (for tests of the supervisor). One must be called `edge`. */
  parts?: (settings: StackSettings) => readonly PartPlan[];
  say?: (line: string) => void;
  backoff?: number;
  stopDeadline?: number;
  /** Aborting it stops a start that is still under way. */
  signal?: AbortSignal;
};

export type RunningStack = {
  edgeUrl: string;
  /** The parts as they are at this moment. */
  readonly run: RunInfo;
  plans: readonly PartPlan[];
  context: StackContext;
  /** Present only after a folder's first start: made then, and kept nowhere but as a hash. */
  firstAdmin?: { email: string; password: string };
  demoData: Seeding;
  /** Milliseconds from the call to ready. */
  readyAfter: number;
  /** Stops all parts, those that need others first; `hurry` kills. */
  stop(options?: { hurry?: boolean }): Promise<void>;
  kill(part: string, signal: NodeJS.Signals): boolean;
};

/** Starts the whole stack and resolves when every part is ready. Throws `StackFaults` with everything that is wrong, nothing left running. */
export async function startStack(options: StackOptions = {}): Promise<RunningStack> {
  const began = performance.now();
  const say = options.say ?? (() => undefined);
  const { settings, faults } = readSettings(options, options.env ?? process.env);
  const plans = (options.parts ?? tiketiParts)(settings);
  const home = stackHome(options.home);
  await prepareHome(home, []).catch((error: unknown) => {
    throw new StackFaults([
      {
        what: `${home.root} cannot be written: ${errorText(error)}`,
        remedy: 'Give another folder: TIKETI_HOME=/some/folder npm run up',
      },
      ...faults,
    ]);
  });
  const ports = await choosePorts(plans, settings.port);
  const unlock = await takeLock(home.lock, { port: ports.get('edge') ?? 0, home: home.root });
  try {
    await clearWay(home, plans, options.fresh === true);
    const context = await contextOf(home, settings, plans, ports);
    await preflight({ plans, context, say, faults });
    const tuning = {
      ...(options.backoff === undefined ? {} : { backoff: options.backoff }),
      stopDeadline: options.stopDeadline ?? 10_000,
    };
    const supervisor = await createSupervisor({ plans, context, say, ...tuning });
    const stop = stopping(supervisor, home, unlock);
    const firstAdmin = context.secrets.firstAdmin;
    const demoData = await bringUp(supervisor, context, options).catch(async (error: unknown) => {
      await stop();
      throw error;
    });
    return {
      ...{ plans, context, demoData, stop, edgeUrl: context.url('edge'), kill: supervisor.kill },
      ...(firstAdmin === undefined ? {} : { firstAdmin }),
      readyAfter: performance.now() - began,
      get run() {
        return supervisor.run();
      },
    };
  } catch (error) {
    await unlock();
    throw error;
  }
}

async function bringUp(supervisor: Supervisor, context: StackContext, options: StackOptions): Promise<Seeding> {
  const cancel = () => void supervisor.stop();
  options.signal?.addEventListener('abort', cancel, { once: true });
  if (options.signal?.aborted) cancel();
  await supervisor.start();
  const demoData: Seeding = options.demoData === false ? { outcome: 'left out' } : await seed(context, options.signal);
  options.signal?.throwIfAborted();
  options.signal?.removeEventListener('abort', cancel);
  return demoData;
}

async function clearWay(home: StackHome, plans: readonly PartPlan[], fresh: boolean): Promise<void> {
  const last = await lastRun(home.run);
  if (last) await endLeftovers(last);
  if (fresh) await clearHome(home);
  await prepareHome(
    home,
    plans.map(({ name }) => name),
  );
}

async function choosePorts(plans: readonly PartPlan[], edgePort: number): Promise<Map<string, number>> {
  const ports = new Map<string, number>();
  for (const { name } of plans) {
    let port = name === 'edge' && edgePort !== 0 ? edgePort : await freePort();
    while (name !== 'edge' && [...ports.values(), edgePort].includes(port)) port = await freePort();
    ports.set(name, port);
  }
  return ports;
}

async function contextOf(
  home: StackHome,
  settings: StackSettings,
  plans: readonly PartPlan[],
  ports: ReadonlyMap<string, number>,
): Promise<StackContext> {
  const context: StackContext = {
    home,
    settings,
    secrets: await loadSecrets(home.secrets),
    port: (part) => ports.get(part) ?? unknown(part),
    url: (part) => (plans.find(({ name }) => name === part) ?? unknown(part)).address(context),
  };
  return context;
}

function unknown(part: string): never {
  throw new Error(`the stack has no part ${part}`);
}

function stopping(supervisor: Supervisor, home: StackHome, unlock: () => Promise<void>): RunningStack['stop'] {
  let stopped: Promise<void> | undefined;
  return (how = {}) => {
    if (how.hurry && stopped) void supervisor.stop(how);
    stopped ??= supervisor.stop(how).then(async () => {
      await rm(home.run, { force: true });
      await unlock();
    });
    return stopped;
  };
}
