import { link, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { z } from 'zod';
import { StackFaults } from './fault.js';
import { isSameProcess, processMark } from './process-mark.js';

const Holder = z.object({ pid: z.int(), mark: z.string(), port: z.int(), home: z.string() });
export type Holder = z.infer<typeof Holder>;

/**
 * Takes the lock that names the running stack of this folder. A lock whose process is gone is taken over. Throws `StackFaults`
 * naming the holder when it lives. Returns what gives the lock back.
 */
export async function takeLock(file: string, mine: { port: number; home: string }): Promise<() => Promise<void>> {
  const holder: Holder = { pid: process.pid, mark: (await processMark(process.pid)) ?? '', ...mine };
  const draft = `${file}.${process.pid}`;
  await writeFile(draft, JSON.stringify(holder));
  try {
    while (!(await linked(draft, file))) await setAsideStale(file);
  } finally {
    await rm(draft, { force: true });
  }
  return () => rm(file, { force: true });
}

async function setAsideStale(file: string): Promise<void> {
  const before = await readFile(file, 'utf8').catch(() => '');
  const holder = parse(before);
  if (holder && (await isSameProcess(holder.pid, holder.mark))) throw new StackFaults([alreadyRunning(holder)]);
  const aside = `${file}.stale-${process.pid}`;
  await rename(file, aside).catch(() => undefined);
  // Between the look and the rename another start may have put its own lock there: that one is given back.
  if ((await readFile(aside, 'utf8').catch(() => before)) !== before) await link(aside, file).catch(() => undefined);
  await rm(aside, { force: true });
}

function parse(text: string): Holder | undefined {
  try {
    return Holder.parse(JSON.parse(text));
  } catch {
    return undefined;
  }
}

const linked = (draft: string, file: string): Promise<boolean> =>
  link(draft, file).then(
    () => true,
    (error: NodeJS.ErrnoException) => {
      if (error.code === 'EEXIST') return false;
      throw error;
    },
  );

const alreadyRunning = ({ pid, port, home }: Holder) => ({
  what: `A stack already runs from ${home}: process ${pid}, http://localhost:${port}`,
  remedy: `Use that one, stop it (kill ${pid}), or start another elsewhere: TIKETI_HOME=/some/folder npm run up -- --port ${port + 1}`,
});
