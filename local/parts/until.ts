import { setTimeout as sleep } from 'node:timers/promises';

export type UntilOptions = {
  /** Milliseconds after which waiting fails. */
  deadline: number;
  /** Milliseconds between looks; default 50. */
  every?: number;
  /** Completes "waited N s for …". */
  what: string;
};

/** Waits until the condition answers something other than false or undefined, and returns that. A throw ends the waiting. */
export async function until<T>(condition: () => T | Promise<T>, options: UntilOptions): Promise<Exclude<T, false | undefined>> {
  const end = performance.now() + options.deadline;
  for (;;) {
    const answer = await condition();
    if (answer !== false && answer !== undefined) return answer as Exclude<T, false | undefined>;
    if (performance.now() > end) throw new Error(`waited ${options.deadline / 1_000} s for ${options.what}`);
    await sleep(options.every ?? 50);
  }
}

/** What a thrown value says. */
export const errorText = (error: unknown): string => (error instanceof Error ? error.message : String(error));
