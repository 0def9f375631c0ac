import { errorText } from '../parts/until.js';
import { type Fault, StackFaults } from './fault.js';
import { logTail } from './log-tail.js';
import type { PartPlan, StackContext } from './part.js';
import { processMark } from './process-mark.js';
import { type PartRun, type RunInfo, withoutCredentials, writeRun } from './run-info.js';
import { type SupervisedPart, supervised } from './supervised-part.js';

export type Supervisor = {
  /** Starts every part, each as soon as those before it are ready. Throws `StackFaults` naming all that failed; call `stop` then. */
  start(): Promise<void>;
  /** Stops every part, each after those that need it. A second call with `hurry` kills what is left. */
  stop(options?: { hurry?: boolean }): Promise<void>;
  run(): RunInfo;
  kill(part: string, signal: NodeJS.Signals): boolean;
};

export type SupervisorOptions = {
  plans: readonly PartPlan[];
  context: StackContext;
  say(line: string): void;
  /** Milliseconds before the first restart of a part that died; default 200. */
  backoff?: number;
  /** Milliseconds a part may take to end before it is killed; default 10,000. */
  stopDeadline?: number;
};

/** Runs the parts of one stack and keeps `run.json` true to them. */
export async function createSupervisor(options: SupervisorOptions): Promise<Supervisor> {
  const { context, plans } = options;
  const marks = new Map<number, string>();
  const started = { pid: process.pid, mark: (await processMark(process.pid)) ?? '', startedAt: new Date().toISOString() };
  const parts = new Map<string, SupervisedPart>();
  const ready = new Map<string, Promise<void>>();
  const stopped = new Map<string, Promise<void>>();
  const failures = new Map<string, Fault>();
  let writing = Promise.resolve();
  let stopping = false;
  let ended = false;

  const run = (): RunInfo => ({
    ...started,
    edgeUrl: context.url('edge'),
    eventStoreUrl: withoutCredentials(context.url('event-store')),
    parts: Object.fromEntries([...parts.values()].map((part) => [part.plan.name, partRun(part)])),
  });

  const partRun = ({ plan, state, pid, restarts }: SupervisedPart): PartRun => ({
    ...{ state, nature: plan.nature, restarts, pid: pid ?? null },
    mark: (pid === undefined ? undefined : marks.get(pid)) ?? null,
    port: plan.nature === 'given' ? null : context.port(plan.name),
    url: withoutCredentials(plan.address(context)),
    log: plan.nature === 'given' ? null : context.home.log(plan.name),
  });

  const changed = ({ pid }: SupervisedPart) => {
    writing = writing.then(async () => {
      if (pid !== undefined && !marks.has(pid)) marks.set(pid, (await processMark(pid)) ?? '');
      if (!ended)
        await writeRun(context.home.run, run()).catch((error: unknown) =>
          options.say(`run.json cannot be written: ${errorText(error)}`),
        );
    });
  };

  const watching = { changed, say: options.say, backoff: options.backoff ?? 200 };
  for (const plan of plans) parts.set(plan.name, supervised(plan, context, watching));

  const startOne = (part: SupervisedPart): Promise<void> => {
    const known = ready.get(part.plan.name);
    if (known) return known;
    const before = part.plan.after.flatMap((name) => parts.get(name) ?? []);
    const starting = Promise.all(before.map(startOne)).then(async () => {
      if (stopping) throw new NeedsMissing();
      await part.start().catch(async (error: unknown) => {
        failures.set(part.plan.name, await failureOf(part.plan, context, error));
        throw new NeedsMissing();
      });
    });
    ready.set(part.plan.name, starting);
    return starting;
  };

  const stopOne = (part: SupervisedPart, deadline: number): Promise<void> => {
    const known = stopped.get(part.plan.name);
    if (known) return known;
    const dependents = [...parts.values()].filter(({ plan }) => plan.after.includes(part.plan.name));
    const ending = Promise.all(dependents.map((dependent) => stopOne(dependent, deadline))).then(() => part.stop(deadline));
    stopped.set(part.plan.name, ending);
    return ending;
  };

  return {
    start: async () => {
      await Promise.allSettled([...parts.values()].map(startOne));
      if (failures.size > 0) throw new StackFaults(plans.flatMap(({ name }) => failures.get(name) ?? []));
      if (stopping) throw new Error('stopped while starting');
    },
    stop: async ({ hurry = false } = {}) => {
      stopping = true;
      if (hurry) await Promise.all([...parts.values()].map((part) => part.stop(0)));
      await Promise.all([...parts.values()].map((part) => stopOne(part, options.stopDeadline ?? 10_000)));
      ended = true;
      await writing;
    },
    run,
    kill: (name, signal) => parts.get(name)?.kill(signal) ?? false,
  };
}

/** A part that was never tried, because one it needs failed or the stack is being stopped: no fault of its own. */
class NeedsMissing extends Error {}

async function failureOf(plan: PartPlan, context: StackContext, error: unknown): Promise<Fault> {
  const said = `${plan.name} did not start: ${errorText(error)}`;
  if (plan.nature === 'given')
    return { what: said, remedy: 'Check the address and that the server runs, or leave the setting out to use a local one.' };
  const tail = await logTail(context.home.log(plan.name));
  return {
    what: tail === '' ? said : `${said}\n${tail}`,
    remedy: `Read its log: ${context.home.log(plan.name)}. To start over with empty data: npm run up -- --fresh`,
  };
}
