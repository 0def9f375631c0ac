import { type Clock, pause, systemClock } from './clock.js';
import type { Recorded } from './codec.js';
import { type Aggregate, type Decide, type DomainEvent, evolveOne, fold } from './decider.js';
import { type AppendAttempt, type EventStore, type Position, StoreUnavailableError } from './event-store/port.js';
import type { CommandContext } from './metadata.js';
import type { Remembered, RememberedStreams } from './remembered-streams.js';
import { readRecorded, type StreamCodec } from './stream-reading.js';
import { prepareEvents } from './to-append.js';

export type Handled<S, E, R> =
  | {
      readonly kind: 'accepted';
      readonly events: readonly E[];
      readonly state: S;
      /** Of the command's last event; where it yielded none, of the stream as it was judged (-1 when empty). */
      readonly revision: bigint;
      /** A projection that has passed it shows the command's effect. */
      readonly position: Position | undefined;
      /** Nothing was appended now: it had been done before. */
      readonly repeated: boolean;
      /** Of the request that did it, where that was another one and is known. */
      readonly fingerprint?: string | undefined;
    }
  | { readonly kind: 'refused'; readonly refusal: R; readonly state: S };

/** It may or may not have been done; asking again with the same command id tells. */
export class OutcomeUnknownError extends Error {
  override readonly name = 'OutcomeUnknownError';
}

export type Loaded<S, E> = {
  readonly state: S;
  /** -1 when the stream is empty. */
  readonly revision: bigint;
  readonly lastPosition: Position | undefined;
  readonly events: readonly Recorded<E>[];
};

type CommandHandlerDeps<S, E extends DomainEvent> = {
  readonly store: EventStore;
  readonly codec: StreamCodec<E>;
  readonly aggregate: Aggregate<S, E>;
  /** How long an unknown outcome, or losing races, is put up with before OutcomeUnknownError. */
  readonly giveUpAfterMs?: number;
  readonly clock?: Clock;
  /**
   * Spares the read before a command on a stream this process wrote to: what is accepted is appended at the remembered revision, which fails
   * where somebody else came first. A refusal, a repeat and a lost race are always judged on what was read.
   */
  readonly memory?: RememberedStreams<S>;
  /**
   * With a memory: a stream it does not know is tried as a new one first. For streams whose commands mostly come once. Where the stream begins
   * with the very events such a try would store, the store takes it for their repeat: the answer is the first one's, not marked as repeated.
   */
  readonly mostlyNew?: boolean;
};

/** Runs one command on one stream. */
export type CommandHandler<S, E extends DomainEvent> = <R>(
  stream: string,
  decide: Decide<S, E, R>,
  context: CommandContext,
) => Promise<Handled<S, E, R>>;

const FIRST_DELAY_MS = 20;
const LONGEST_DELAY_MS = 500;

/** The stream's present state and history. Throws CorruptStreamError, StoreUnavailableError. */
export const loadStream = async <S, E extends DomainEvent>(
  deps: Pick<CommandHandlerDeps<S, E>, 'store' | 'codec' | 'aggregate'>,
  stream: string,
  known?: Loaded<S, E>,
): Promise<Loaded<S, E>> => {
  let state = known?.state ?? deps.aggregate.initial;
  const events = [...(known?.events ?? [])];
  for await (const event of readRecorded(deps.store, deps.codec, stream, (known?.revision ?? -1n) + 1n)) {
    state = evolveOne(deps.aggregate, state, event);
    events.push(event);
  }
  const last = events.at(-1);
  return { state, events, revision: last?.revision ?? -1n, lastPosition: last?.position };
};

/**
 * The plain way to run a command: load, decide, append at the revision judged, by the attempt rule of architecture §3.2.
 * Throws OutcomeUnknownError, StoreUnavailableError (nothing was sent), StoreRefusedError, CorruptStreamError.
 */
export const createCommandHandler = <S, E extends DomainEvent>(deps: CommandHandlerDeps<S, E>): CommandHandler<S, E> => {
  const { store, codec, aggregate, giveUpAfterMs = 5000, clock = systemClock, memory, mostlyNew = false } = deps;
  const unknown: Remembered<S> | undefined = mostlyNew ? { state: aggregate.initial, revision: -1n, commandIds: [] } : undefined;

  const sendUntilKnown = async (attempt: AppendAttempt, deadline: number) => {
    for (let delay = FIRST_DELAY_MS; ; delay = Math.min(delay * 2, LONGEST_DELAY_MS)) {
      const outcome = await store.append(attempt).catch((error: unknown) => {
        // a refused resend says nothing about what was sent before it
        if (delay === FIRST_DELAY_MS) throw error;
        return { kind: 'unknown', cause: String(error) } as const;
      });
      if (outcome.kind !== 'unknown') return outcome;
      if (clock.now() + delay >= deadline) throw new OutcomeUnknownError(`${attempt.stream}: ${outcome.cause}`);
      await pause(clock, delay);
    }
  };

  const reload = async (stream: string, known?: Loaded<S, E>): Promise<Loaded<S, E>> => {
    try {
      return await loadStream(deps, stream, known);
    } catch (error) {
      // an attempt went out before this read, so "nothing was sent" may no longer be said
      if (error instanceof StoreUnavailableError) throw new OutcomeUnknownError(error.message, { cause: error });
      throw error;
    }
  };

  const keep = ({ state, events, revision }: Loaded<S, E>, stream: string): void =>
    memory?.keep(stream, { state, revision, commandIds: [...new Set(events.map(({ metadata }) => metadata.commandId))] });

  type Appended<R> = Extract<Handled<S, E, R>, { kind: 'accepted' }>;

  /** undefined: somebody else came first. */
  const append = async (
    stream: string,
    at: Remembered<S>,
    accepted: readonly E[],
    context: CommandContext,
    deadline: number,
  ): Promise<Appended<never> | undefined> => {
    const expected = at.revision === -1n ? 'no_stream' : at.revision;
    const outcome = await sendUntilKnown({ stream, expected, events: prepareEvents(accepted, codec, context) }, deadline);
    if (outcome.kind !== 'appended') return undefined;
    const { revision, position } = outcome;
    const state = fold(aggregate, accepted, at.state);
    memory?.keep(stream, { state, revision, commandIds: [...at.commandIds, context.commandId] });
    return { kind: 'accepted', events: accepted, state, revision, position, repeated: false };
  };

  /** Without having read: undefined where only a read can tell. */
  const tryGuess = async <R>(
    stream: string,
    decide: Decide<S, E, R>,
    context: CommandContext,
    deadline: number,
  ): Promise<Appended<never> | 'lost' | undefined> => {
    const guess = memory === undefined ? undefined : (memory.recall(stream) ?? unknown);
    if (guess === undefined || guess.commandIds.includes(context.commandId)) return undefined;
    const decision = decide(guess.state);
    if ('refused' in decision || decision.accepted.length === 0) return undefined;
    const appended = await append(stream, guess, decision.accepted, context, deadline);
    if (appended === undefined) memory?.forget(stream);
    return appended ?? 'lost';
  };

  return async <R>(stream: string, decide: Decide<S, E, R>, context: CommandContext): Promise<Handled<S, E, R>> => {
    const deadline = clock.now() + giveUpAfterMs;
    const guessed = await tryGuess(stream, decide, context, deadline);
    if (guessed !== undefined && guessed !== 'lost') return guessed;
    let loaded = guessed === 'lost' ? await reload(stream) : await loadStream(deps, stream);
    for (;;) {
      keep(loaded, stream);
      const before = done(loaded, context);
      if (before !== undefined) return before;
      const { state, revision, lastPosition, events } = loaded;
      const decision = decide(state);
      if ('refused' in decision) return { kind: 'refused', refusal: decision.refused, state };
      const { accepted } = decision;
      if (accepted.length === 0) {
        return { kind: 'accepted', events: [], state, revision, position: lastPosition, repeated: true };
      }
      const commandIds = events.map(({ metadata }) => metadata.commandId);
      const appended = await append(stream, { state, revision, commandIds }, accepted, context, deadline);
      if (appended !== undefined) return appended;
      if (clock.now() >= deadline) throw new OutcomeUnknownError(`${stream}: lost every race for ${giveUpAfterMs} ms`);
      loaded = await reload(stream, loaded);
    }
  };
};

/** What a command with this id left in the stream, if it ran before. */
const done = <S, E extends DomainEvent>(
  { state, events }: Loaded<S, E>,
  { commandId }: CommandContext,
): Extract<Handled<S, E, never>, { kind: 'accepted' }> | undefined => {
  const own = events.filter((event) => event.metadata.commandId === commandId);
  const last = own.at(-1);
  if (last === undefined) return undefined;
  return { kind: 'accepted', events: own, state, revision: last.revision, position: last.position, repeated: true };
};
