import { type Clock, pause, systemClock } from './clock.js';
import type { Recorded } from './codec.js';
import { type Aggregate, type Decide, type DomainEvent, evolveOne, fold } from './decider.js';
import { type AppendAttempt, type EventStore, type Position, StoreUnavailableError } from './event-store/port.js';
import type { CommandContext } from './metadata.js';
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
  const { store, codec, aggregate, giveUpAfterMs = 5000, clock = systemClock } = deps;

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

  const reload = async (stream: string, known: Loaded<S, E>): Promise<Loaded<S, E>> => {
    try {
      return await loadStream(deps, stream, known);
    } catch (error) {
      // an attempt went out before this read, so "nothing was sent" may no longer be said
      if (error instanceof StoreUnavailableError) throw new OutcomeUnknownError(error.message, { cause: error });
      throw error;
    }
  };

  return async <R>(stream: string, decide: Decide<S, E, R>, context: CommandContext): Promise<Handled<S, E, R>> => {
    const deadline = clock.now() + giveUpAfterMs;
    let loaded = await loadStream(deps, stream);
    for (;;) {
      const before = done(loaded, context);
      if (before !== undefined) return before;
      const { state, revision, lastPosition } = loaded;
      const decision = decide(state);
      if ('refused' in decision) return { kind: 'refused', refusal: decision.refused, state };
      const { accepted } = decision;
      if (accepted.length === 0) {
        return { kind: 'accepted', events: [], state, revision, position: lastPosition, repeated: true };
      }
      const events = prepareEvents(accepted, codec, context);
      const expected = revision === -1n ? 'no_stream' : revision;
      const outcome = await sendUntilKnown({ stream, expected, events }, deadline);
      if (outcome.kind === 'appended') {
        return {
          kind: 'accepted',
          events: accepted,
          state: fold(aggregate, accepted, state),
          revision: outcome.revision,
          position: outcome.position,
          repeated: false,
        };
      }
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
