import { readFile, rename, writeFile } from 'node:fs/promises';
import { z } from 'zod';
import { isSameProcess } from './process-mark.js';

const PartRun = z.object({
  state: z.enum(['waiting', 'starting', 'ready', 'restarting', 'down', 'stopped']),
  nature: z.enum(['real', 'simulated', 'given']),
  pid: z.int().nullable(),
  mark: z.string().nullable(),
  port: z.int().nullable(),
  /** Without user name and password. */
  url: z.string(),
  log: z.string().nullable(),
  restarts: z.int(),
});
export type PartRun = z.infer<typeof PartRun>;

const RunInfo = z.object({
  pid: z.int(),
  mark: z.string(),
  startedAt: z.string(),
  edgeUrl: z.string(),
  eventStoreUrl: z.string(),
  parts: z.record(z.string(), PartRun),
});
/** What `.tiketi/run.json` says of a running stack. */
export type RunInfo = z.infer<typeof RunInfo>;

/** What the file says, whether or not that stack still runs. */
export async function lastRun(file: string): Promise<RunInfo | undefined> {
  const text = await readFile(file, 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  try {
    return RunInfo.parse(JSON.parse(text));
  } catch {
    return undefined;
  }
}

/** The stack that runs now, if one does. */
export async function currentRun(file: string): Promise<RunInfo | undefined> {
  const run = await lastRun(file);
  return run && (await isSameProcess(run.pid, run.mark)) ? run : undefined;
}

/** Replaces the file as a whole: a reader never sees half of it. */
export async function writeRun(file: string, run: RunInfo): Promise<void> {
  await writeFile(`${file}.new`, `${JSON.stringify(run, null, 2)}\n`, { mode: 0o600 });
  await rename(`${file}.new`, file);
}

export const withoutCredentials = (url: string): string => url.replace(/^([^/]*\/\/)[^@/]*@/, '$1');
