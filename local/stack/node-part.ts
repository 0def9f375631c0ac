import { closeSync, openSync } from 'node:fs';
import { isRunning, spawnWithLifeline } from '../parts/lifeline.js';
import { until } from '../parts/until.js';
import type { Nature, PartPlan, StackContext } from './part.js';

export type NodePart = {
  name: string;
  label: string;
  nature?: Nature;
  after?: readonly string[];
  /** The built program. */
  file: string;
  env(context: StackContext): Readonly<Record<string, string | undefined>>;
  /** Path that answers 2xx once the part is ready. */
  health: string;
  /** Its address; default http on its port. */
  address?(context: StackContext): string;
  /** Milliseconds it may take to become ready; default 60,000. */
  deadline?: number;
};

/**
 * Room for what lives as long as a request, so that it is not taken for something that stays, and one helper thread instead of four: on few
 * cores more of them only take the processor from those who answer (docs/performance.md).
 */
const NODE_FLAGS = ['--enable-source-maps', '--max-semi-space-size=32', '--v8-pool-size=1'];

/** A part that is a Node program of ours. */
export function nodePart(part: NodePart): PartPlan {
  return {
    name: part.name,
    nature: part.nature ?? 'real',
    after: part.after ?? [],
    label: part.label,
    files: [part.file],
    address: part.address ?? ((context) => `http://127.0.0.1:${context.port(part.name)}`),
    start: async (context, onSpawn) => {
      const log = openSync(context.home.log(part.name), 'a');
      const env = {
        ...inherited(),
        ...part.env(context),
        LOG_LEVEL: context.settings.LOG_LEVEL,
        TIKETI_PARENT_PID: String(process.pid),
      };
      const child = spawnWithLifeline({
        command: process.execPath,
        args: [...NODE_FLAGS, part.file],
        farewell: 'TERM',
        log,
        env: present(env),
      });
      closeSync(log);
      onSpawn(child);
      const health = `http://127.0.0.1:${context.port(part.name)}${part.health}`;
      const healthy = () => {
        if (!isRunning(child)) throw new Error(`it ended at once (${child.signalCode ?? `exit code ${child.exitCode}`})`);
        return answersWell(health);
      };
      await until(healthy, { deadline: part.deadline ?? 60_000, every: 60, what: `${part.health} to say it is ready` });
    },
  };
}

const answersWell = (url: string): Promise<boolean> =>
  fetch(url, { signal: AbortSignal.timeout(2_000) }).then(
    async (answer) => {
      await answer.body?.cancel();
      return answer.ok;
    },
    () => false,
  );

/** An administrator's connection string and npm's own settings are not for the parts. */
const inherited = () =>
  Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^(npm_|DATABASE_URL$|NODE_OPTIONS$|JEST_)/.test(name)));

const present = (env: Readonly<Record<string, string | undefined>>): Record<string, string> =>
  Object.fromEntries(Object.entries(env).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])));
