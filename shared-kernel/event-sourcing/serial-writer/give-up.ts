import type { Clock } from '../clock.js';
import { OutcomeUnknownError } from '../command-handler.js';
import { fail } from './pending.js';
import type { Pending } from './types.js';

const GRAIN_MS = 10;

/**
 * Tells callers whose time is over that the outcome is unknown. One timer serves all: it wakes at the deadline of the
 * oldest unanswered command. Both lists are in order of age, the busy ones older than those that wait.
 */
export const createGiveUp = <S, E>(
  clock: Clock,
  message: string,
  busy: () => readonly Pending<S, E>[],
  waiting: Pending<S, E>[],
): { readonly watch: () => void; readonly stop: () => void } => {
  let cancel: (() => void) | undefined;

  /** How many at the head are answered. */
  const giveUpOn = (commands: readonly Pending<S, E>[]): number => {
    const now = clock.now();
    let answered = 0;
    for (const command of commands) {
      if (!command.settled && command.deadline > now) break;
      fail(command, new OutcomeUnknownError(message));
      answered += 1;
    }
    return answered;
  };

  const watch = () => {
    if (cancel !== undefined) return;
    const oldest = busy().find((command) => !command.settled) ?? waiting.find((command) => !command.settled);
    if (oldest === undefined) return;
    cancel = clock.after(Math.max(oldest.deadline - clock.now(), GRAIN_MS), () => {
      cancel = undefined;
      giveUpOn(busy());
      waiting.splice(0, giveUpOn(waiting));
      watch();
    });
  };

  return { watch, stop: () => cancel?.() };
};
