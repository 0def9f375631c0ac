import type { Settle } from '../store/append-outcome.js';
import type { Writer } from '../store/writer.js';

/** What is known of a write that was not answered in time: nothing, or that it was never begun and never will be. */
export type Late = 'unknown' | 'not stored';

/** What callers are told of a write that was never begun. */
export const NOT_STORED = 'The disk does not keep up: nothing was stored.';

/** Passes an outcome on unless the caller has been told otherwise. What hangs on a disk that does not answer holds on to nothing else. */
const passingOn =
  (caller: { settle: Settle | undefined }): Settle =>
  (outcome) => {
    const { settle } = caller;
    caller.settle = undefined;
    settle?.(outcome);
  };

/**
 * Begins a write once the disk takes more, and gives it `ms` to be stored. Calls back once: `settle` with what came of it, or `late`.
 * Where it could not begin at once, the promise resolves when it has, or never will.
 */
export const timedWrite = (
  writer: Writer,
  ms: number,
  begin: (settle: Settle) => void,
  settle: Settle,
  late: (known: Late) => void,
): Promise<void> | undefined => {
  let begun = false;
  let stop = (): void => undefined;
  let resolve = (): void => undefined;
  const caller: { settle: Settle | undefined } = {
    settle: (outcome) => {
      clearTimeout(timer);
      settle(outcome);
    },
  };
  const timer = setTimeout(() => {
    caller.settle = undefined;
    stop();
    late(begun ? 'unknown' : 'not stored');
    resolve();
  }, ms);
  stop = writer.whenRoom(() => {
    begun = true;
    begin(passingOn(caller));
    resolve();
  });
  if (begun) return undefined;
  return new Promise((done) => {
    resolve = done;
  });
};
