import type { DomainEvent } from '../decider.js';
import type { Position } from '../event-store/port.js';
import { type Group, repeatOf, verdictOf } from './group.js';
import { answer, fail } from './pending.js';
import type { Folded, Pending } from './types.js';

/** The group is stored: those with events are answered, each with the state after its own command. */
export const acknowledge = <S, E>(group: Group<S, E>, position: Position): void => {
  const results = new Map<string, (typeof group.decided)[number]>();
  for (const decided of group.decided) {
    const { command, events, state, revision } = decided;
    results.set(command.context.commandId, decided);
    answer(command, { kind: 'accepted', events, state, revision, position, repeated: false });
  }
  for (const follower of group.followers) {
    const result = results.get(follower.context.commandId);
    if (result === undefined) continue;
    const { events, revision, state, command } = result;
    answer(follower, repeatOf({ events, revision, position, fingerprint: command.context.fingerprint }, state));
  }
};

/**
 * Answers those that yield nothing on a state known to be fresh; gives back those that now would yield events.
 * They are decided once more where the state is no longer the one they were judged by.
 */
export const answerVerdicts = <S, E extends DomainEvent>(group: Group<S, E>, fresh: Folded<S>): Pending<S, E>[] => {
  const changed: Pending<S, E>[] = [];
  for (const { command, handled } of group.verdicts) {
    if (group.events.length === 0) {
      answer(command, handled);
      continue;
    }
    try {
      const verdict = verdictOf(command.decide(fresh.state), fresh.state, fresh.revision, fresh.position);
      if (verdict === undefined) changed.push(command);
      else answer(command, verdict);
    } catch (error) {
      fail(command, error);
    }
  }
  return changed;
};
