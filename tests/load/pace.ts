import { setTimeout as pause } from 'node:timers/promises';

export type Sample = { readonly milliseconds: number; readonly outcome: string };

/** `workers` ask one after another without a pause until the time is up: how much the system can take. */
export const closedLoop = async (ask: () => Promise<string>, workers: number, seconds: number): Promise<Sample[]> => {
  const samples: Sample[] = [];
  const end = performance.now() + seconds * 1000;
  const work = async (): Promise<void> => {
    while (performance.now() < end) {
      const begun = performance.now();
      samples.push({ outcome: await ask(), milliseconds: performance.now() - begun });
    }
  };
  await Promise.all(Array.from({ length: workers }, work));
  return samples;
};

/**
 * Sends at a fixed rate whatever the answers do. Latency counts from the moment a request was due, so that waiting behind a stall is
 * not left out (no coordinated omission).
 */
export const openLoop = async (ask: () => Promise<string>, perSecond: number, seconds: number): Promise<Sample[]> => {
  const begun = performance.now();
  const total = perSecond * seconds;
  const asked: Promise<Sample>[] = [];
  while (asked.length < total) {
    // the first is due at once
    const dueBy = Math.min(total, Math.floor(((performance.now() - begun) / 1000) * perSecond) + 1);
    while (asked.length < dueBy) {
      const due = begun + (asked.length / perSecond) * 1000;
      asked.push(ask().then((outcome) => ({ outcome, milliseconds: performance.now() - due })));
    }
    await pause(1);
  }
  return Promise.all(asked);
};

/** The value that the given share of samples does not exceed, in milliseconds. */
export const percentile = (samples: readonly Sample[], share: number): number => {
  const sorted = samples.map(({ milliseconds }) => milliseconds).sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN;
};

export const median = (values: readonly number[]): number => {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? (sorted[middle] ?? Number.NaN) : ((sorted[middle - 1] ?? 0) + (sorted[middle] ?? 0)) / 2;
};

/** How often each outcome came. */
export const tally = (samples: readonly Sample[]): Record<string, number> => {
  const counts: Record<string, number> = {};
  for (const { outcome } of samples) counts[outcome] = (counts[outcome] ?? 0) + 1;
  return counts;
};
