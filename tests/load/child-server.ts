import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

export type ChildServer = { readonly url: string; readonly pid: number | undefined; readonly stop: () => Promise<void> };

/** Starts a server as a process of its own; it tells its `url` in a line of JSON. */
export const startChildServer = async (program: string, env: NodeJS.ProcessEnv): Promise<ChildServer> => {
  const child = spawn(process.execPath, [program], {
    env: { ...process.env, TIKETI_PARENT_PID: String(process.pid), ...env },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const exited = once(child, 'exit');
  const url = await new Promise<string>((resolve, reject) => {
    createInterface({ input: child.stdout }).on('line', (line) => {
      const told: unknown = JSON.parse(line);
      if (typeof told === 'object' && told !== null && 'url' in told) resolve(String(told.url));
    });
    exited.then(() => reject(new Error(`${program} ended before it was ready`)));
  });
  return {
    url,
    pid: child.pid,
    stop: async () => {
      child.kill('SIGTERM');
      await exited;
    },
  };
};
