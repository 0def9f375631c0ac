import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Sample } from './pace.js';

/** What the reading process is told; it answers with the samples. */
export type ReadOrder = {
  readonly url: string;
  readonly paths: readonly string[];
  readonly perSecond: number;
  readonly seconds: number;
};

export type Reader = {
  readonly pid: number | null;
  /** Reads at a fixed rate, one path after the other. */
  readonly read: (seconds: number) => Promise<Sample[]>;
  readonly stop: () => void;
};

/** Reads from a process of its own, so that what else the load generator has to do is not taken for the answer's slowness. */
export const startReader = (order: Omit<ReadOrder, 'seconds'>): Reader => {
  const child = fork(fileURLToPath(new URL('./reader-process.js', import.meta.url)));
  // it ends with this process, which need not wait for it
  child.unref();
  child.channel?.unref();
  return {
    pid: child.pid ?? null,
    read: (seconds) =>
      new Promise((resolve, reject) => {
        const onExit = (code: number | null) => reject(new Error(`the reader ended with ${code}`));
        child.once('exit', onExit);
        child.once('message', (samples: Sample[]) => {
          child.off('exit', onExit);
          resolve(samples);
        });
        child.send({ ...order, seconds } satisfies ReadOrder);
      }),
    stop: () => child.disconnect(),
  };
};
