import type { Handled } from '../command-handler.js';
import { type Decision, type DomainEvent, fold } from '../decider.js';
import type { EventToAppend, Position } from '../event-store/port.js';
import { prepareSized } from '../to-append.js';
import { answer, fail } from './pending.js';
import type { CommandResult, RecentCommands } from './recent-commands.js';
import type { Folded, Pending, WriterDeps } from './types.js';

/** One command that yielded events, with the state after them. */
export type Decided<S, E> = {
  readonly command: Pending<S, E>;
  readonly events: readonly E[];
  readonly state: S;
  readonly revision: bigint;
};

/** One command that yields nothing, to be answered once what it was judged by is known to be so. */
export type Verdict<S, E> = { readonly command: Pending<S, E>; readonly handled: Handled<S, E, unknown> };

/** Commands decided one after another on the state as it would be after those before them. */
export type Group<S, E> = {
  readonly decided: Decided<S, E>[];
  readonly verdicts: Verdict<S, E>[];
  /** Same command id as one already decided here: they share its result. */
  readonly followers: Pending<S, E>[];
  readonly events: EventToAppend[];
  readonly commands: Pending<S, E>[];
  state: S;
  bytes: number;
};

type Limits<S, E extends DomainEvent> = Required<Pick<WriterDeps<S, E>, 'aggregate' | 'codec' | 'maxCommands' | 'maxBytes'>>;

/** Commands that yield nothing do not weigh on the append, but deciding them holds up the process. */
const VERDICTS_PER_COMMAND = 4;

/**
 * Takes from the head of `waiting` what fits one append. A decision that throws fails its own command only;
 * a command already in the stream is answered at once.
 */
export const takeGroup = <S, E extends DomainEvent>(
  waiting: Pending<S, E>[],
  folded: Folded<S>,
  recent: RecentCommands<E>,
  deps: Limits<S, E>,
): Group<S, E> => {
  const group: Group<S, E> = {
    decided: [],
    verdicts: [],
    followers: [],
    events: [],
    commands: [],
    state: folded.state,
    bytes: 0,
  };
  const ids = new Set<string>();
  let taken = 0;
  for (const command of waiting) {
    if (isFull(group, command, deps)) break;
    if (!command.settled) {
      const done = recent.get(command.context.commandId);
      if (done !== undefined) answer(command, repeatOf(done, folded.state));
      else if (ids.has(command.context.commandId)) join(group.followers, group, command);
      else if (!decideInto(group, command, folded, deps)) break;
      else if (group.decided.at(-1)?.command === command) ids.add(command.context.commandId);
    }
    taken += 1;
    if (command.alone && group.commands.length > 0) break;
  }
  waiting.splice(0, taken);
  return group;
};

export const repeatOf = <S, E>(result: CommandResult<E>, state: S): Handled<S, E, never> => ({
  kind: 'accepted',
  ...result,
  state,
  repeated: true,
});

const isFull = <S, E extends DomainEvent>(group: Group<S, E>, next: Pending<S, E>, limits: Limits<S, E>): boolean =>
  group.decided.length >= limits.maxCommands ||
  group.verdicts.length >= limits.maxCommands * VERDICTS_PER_COMMAND ||
  (next.alone && group.commands.length > 0);

const join = <S, E>(list: Pending<S, E>[], group: Group<S, E>, command: Pending<S, E>): void => {
  list.push(command);
  group.commands.push(command);
};

/** False when its events no longer fit beside the others'. */
const decideInto = <S, E extends DomainEvent>(
  group: Group<S, E>,
  command: Pending<S, E>,
  folded: Folded<S>,
  { aggregate, codec, maxBytes }: Limits<S, E>,
): boolean => {
  try {
    const decision = command.decide(group.state);
    const revision = folded.revision + BigInt(group.events.length);
    const verdict = verdictOf(decision, group.state, revision, folded.position);
    if (verdict !== undefined) group.verdicts.push({ command, handled: verdict });
    if (verdict !== undefined || 'refused' in decision) {
      group.commands.push(command);
      return true;
    }
    const { accepted } = decision;
    const { events, bytes } = prepareSized(accepted, codec, command.context);
    if (group.events.length > 0 && group.bytes + bytes > maxBytes) return false;
    const state = fold(aggregate, accepted, group.state);
    group.state = state;
    group.bytes += bytes;
    group.events.push(...events);
    group.commands.push(command);
    group.decided.push({ command, events: accepted, state, revision: revision + BigInt(accepted.length) });
  } catch (error) {
    fail(command, error);
  }
  return true;
};

/** The answer to a decision that yields nothing; undefined where there is something to append first. */
export const verdictOf = <S, E, R>(
  decision: Decision<E, R>,
  state: S,
  revision: bigint,
  position: Position | undefined,
): Handled<S, E, R> | undefined => {
  if ('refused' in decision) return { kind: 'refused', refusal: decision.refused, state };
  if (decision.accepted.length > 0) return undefined;
  return { kind: 'accepted', events: [], state, revision, position, repeated: true };
};
