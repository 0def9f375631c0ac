import { readFile } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';

/** Clock ticks a second of `/proc` on Linux (USER_HZ). */
const TICKS = 100;

export type ProcessorTime = ReadonlyMap<string, number>;

/** Seconds of processor time a process has used, with its ended children; undefined where `/proc` does not say. */
const secondsOf = async (pid: number): Promise<number | undefined> => {
  const text = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  // the program's name is in brackets and may hold spaces; the numbered fields follow it
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) / TICKS;
};

/** All processes below this one. */
export const childrenOf = async (pid: number): Promise<number[]> => {
  const text = await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8').catch(() => '');
  const own = text.trim().split(' ').filter(Boolean).map(Number);
  return [...own, ...(await Promise.all(own.map(childrenOf))).flat()];
};

/** What each part has used so far, its whole process tree; `this program` is the load generator. */
export const processorTime = async (parts: Readonly<Record<string, number | null>>): Promise<ProcessorTime> => {
  const used = new Map<string, number>();
  for (const [part, pid] of [...Object.entries(parts), ['this program', process.pid] as const]) {
    if (pid === null) continue;
    const tree = part === 'this program' ? [pid] : [pid, ...(await childrenOf(pid))];
    const seconds = await Promise.all(tree.map(secondsOf));
    used.set(
      part,
      seconds.reduce<number>((sum, one) => sum + (one ?? 0), 0),
    );
  }
  return used;
};

/** What was used between two readings, largest first. */
export const usedBetween = (before: ProcessorTime, after: ProcessorTime): [string, number][] =>
  [...after].map(([part, seconds]): [string, number] => [part, seconds - (before.get(part) ?? 0)]).sort((a, b) => b[1] - a[1]);

const LOOK_EVERY_MS = 250;
const AT_REST = 0.1;

/**
 * Resolves once the parts together use less than a tenth of a core: what was done before the clock starts, such as opening a hall of many
 * seats, is read by every projection, and would be measured with what comes after it. Gives up after `mostMs`.
 */
export const atRest = async (parts: () => Readonly<Record<string, number | null>>, mostMs = 20_000): Promise<void> => {
  const deadline = performance.now() + mostMs;
  for (let before = await processorTime(parts()); performance.now() < deadline; ) {
    await pause(LOOK_EVERY_MS);
    const after = await processorTime(parts());
    const used = usedBetween(before, after).reduce((sum, [part, seconds]) => (part === 'this program' ? sum : sum + seconds), 0);
    if (used < AT_REST * (LOOK_EVERY_MS / 1000)) return;
    before = after;
  }
};
