import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const MAIN = fileURLToPath(new URL('../../dist/event-store-node/main.js', import.meta.url));

/** A node running as a process of its own, as the stack runs it. */
export interface NodeProcess {
  readonly child: ChildProcess;
  readonly url: string;
  /** Sends the signal and waits until the process is gone; resolves to its exit code. */
  stop(signal: 'SIGKILL' | 'SIGTERM'): Promise<number | null>;
}

/** Starts the built node on a folder and a free port and waits for its ready line. `npm run build` comes first. */
export const startNodeProcess = async (directory: string, environment: NodeJS.ProcessEnv = {}): Promise<NodeProcess> => {
  if (!existsSync(MAIN)) throw new Error(`${MAIN} is missing: build first`);
  const child = spawn(process.execPath, [MAIN], {
    env: { ...process.env, NODE_OPTIONS: '', EVENT_STORE_NODE_DIR: directory, EVENT_STORE_NODE_PORT: '0', ...environment },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exited = once(child, 'exit');
  const url = await new Promise<string>((resolve, reject) => {
    createInterface({ input: child.stdout }).on('line', (line) => {
      const entry: unknown = JSON.parse(line);
      if (typeof entry === 'object' && entry !== null && 'url' in entry) resolve(String(entry.url));
    });
    exited.then(() => reject(new Error('the node ended before it was ready')));
  });
  return {
    child,
    url,
    stop: async (signal) => {
      child.kill(signal);
      await exited;
      return child.exitCode;
    },
  };
};
