import { pause, systemClock } from './clock.js';
import type { Handled } from './command-handler.js';
import type { Decide, DomainEvent } from './decider.js';
import { type AppendAttempt, StoreRefusedError, StoreUnavailableError } from './event-store/port.js';
import type { CommandContext } from './metadata.js';
import { acknowledge, answerVerdicts } from './serial-writer/answer-group.js';
import { createGiveUp } from './serial-writer/give-up.js';
import { type Group, takeGroup } from './serial-writer/group.js';
import { fail } from './serial-writer/pending.js';
import { createStreamMemory } from './serial-writer/stream-memory.js';
import type { Folded, Pending, WriterDeps } from './serial-writer/types.js';

export type SerialWriter<S, E> = {
  /**
   * Runs a command and answers when its outcome is durable. Rejects with OutcomeUnknownError, StoreRefusedError,
   * CorruptStreamError, or what the decision threw.
   */
  readonly submit: <R>(decide: Decide<S, E, R>, context: CommandContext) => Promise<Handled<S, E, R>>;
  /** As folded so far; another replica's latest events may be missing. */
  readonly state: () => Promise<{ readonly state: S; readonly revision: bigint | undefined }>;
  /** Nothing waits, nothing is in flight. */
  readonly idle: () => boolean;
  /** Takes no more commands; resolves when those it has are answered and a snapshot is left, where one is worth it. */
  readonly close: () => Promise<void>;
};

const LONGEST_DELAY_MS = 1000;

/** The one writer of a stream in this process: architecture §3.2. */
export const createSerialWriter = <S, E extends DomainEvent>(deps: WriterDeps<S, E>): SerialWriter<S, E> => {
  const { store, codec, aggregate, stream, giveUpAfterMs = 5000, resendDelayMs = 20, clock = systemClock, observe } = deps;
  const limits = { aggregate, codec, maxCommands: deps.maxCommands ?? 256, maxBytes: deps.maxBytes ?? 512 * 1024 };
  const memory = createStreamMemory(deps, clock);
  const waiting: Pending<S, E>[] = [];
  let busy: readonly Pending<S, E>[] = [];
  let running: Promise<void> | undefined;
  let closed = false;
  const giveUp = createGiveUp(clock, `${stream}: no outcome in ${giveUpAfterMs} ms`, () => busy, waiting);

  const someoneWaits = () => busy.some((command) => !command.settled) || waiting.some((command) => !command.settled);
  const putBack = (commands: readonly Pending<S, E>[]) => waiting.unshift(...commands.filter((command) => !command.settled));

  /** Reads until it works or nobody is left who waits for it. */
  const patiently = async <T>(read: () => Promise<T>): Promise<T | undefined> => {
    for (let delay = resendDelayMs; someoneWaits(); delay = Math.min(delay * 2, LONGEST_DELAY_MS)) {
      try {
        return await read();
      } catch (error) {
        if (!(error instanceof StoreUnavailableError)) throw error;
        observe?.({ kind: 'readFailed', cause: error.message });
      }
      await pause(clock, delay);
    }
    return undefined;
  };

  /**
   * A refusal appends nothing, so no fence checks it: a tail read begun after the command arrived must. The group's own
   * append does not serve, for it also succeeds where another writer stored the very same events long before.
   */
  const settleVerdicts = async (group: Group<S, E>) => {
    if (group.verdicts.length === 0) return;
    const tail = await patiently(memory.readTail);
    if (tail === undefined) return;
    memory.foldTail(tail);
    putBack(tail.length === 0 ? answerVerdicts(group, await memory.load()) : group.verdicts.map(({ command }) => command));
  };

  /** Sends the same attempt, to the letter, until the store says what became of it. */
  const sendUntilKnown = async (attempt: AppendAttempt) => {
    let sent = false;
    for (let delay = resendDelayMs; ; delay = Math.min(delay * 2, LONGEST_DELAY_MS)) {
      const outcome = await store.append(attempt).catch((error: unknown) => {
        // a refusal is final only of what was never sent before
        if (!sent && error instanceof StoreRefusedError) return { kind: 'storeRefused', error } as const;
        return { kind: 'unknown', cause: String(error) } as const;
      });
      sent = true;
      if (outcome.kind !== 'unknown') return outcome;
      observe?.({ kind: 'unknown', cause: outcome.cause });
      if (closed && !someoneWaits()) return undefined;
      await pause(clock, delay);
    }
  };

  const settleRefused = (group: Group<S, E>, error: StoreRefusedError) => {
    observe?.({ kind: 'storeRefused', commands: group.commands.length, cause: error.message });
    const [only, ...others] = group.commands;
    if (only !== undefined && others.length === 0) return fail(only, error);
    for (const command of group.commands) command.alone = true;
    putBack(group.commands);
  };

  /**
   * None of the attempt is stored or ever will be. Another writer's append may still hold some of its commands (one sent
   * to both), in another group: each is found in the tail by its command id, not the attempt by its first event.
   */
  const settleConflict = async (group: Group<S, E>, folded: Folded<S>) => {
    observe?.({ kind: 'conflict' });
    const tail = await patiently(memory.readTail);
    if (tail === undefined) return;
    if (tail.length === 0) {
      observe?.({ kind: 'storeWentBack', revision: folded.revision });
      memory.forget();
      await pause(clock, resendDelayMs);
    }
    memory.foldTail(tail);
    putBack(group.commands);
  };

  const settleByAppend = async (group: Group<S, E>, folded: Folded<S>) => {
    const expected = folded.revision < 0n ? 'no_stream' : folded.revision;
    const begun = clock.now();
    const outcome = await sendUntilKnown({ stream, expected, events: group.events });
    if (outcome === undefined) return;
    if (outcome.kind === 'storeRefused') return settleRefused(group, outcome.error);
    if (outcome.kind === 'conflict') return settleConflict(group, folded);
    const { length } = group.events;
    memory.advance(group, folded.revision + BigInt(length), outcome.position);
    observe?.({ kind: 'appended', commands: group.decided.length, events: length, milliseconds: clock.now() - begun });
    acknowledge(group, outcome.position);
    await settleVerdicts(group);
  };

  const step = async () => {
    const folded = await patiently(memory.load);
    if (folded === undefined) return;
    const group = takeGroup(waiting, folded, memory.recent, limits);
    busy = group.commands;
    if (group.events.length > 0) await settleByAppend(group, folded);
    else await settleVerdicts(group);
    busy = [];
  };

  const run = async () => {
    try {
      while (waiting.length > 0) {
        await step();
        if (!someoneWaits()) waiting.length = 0;
      }
    } catch (error) {
      for (const command of [...busy, ...waiting.splice(0)]) fail(command, error);
      memory.forget();
    } finally {
      busy = [];
      running = undefined;
    }
  };

  return {
    submit: <R>(decide: Decide<S, E, R>, context: CommandContext) =>
      new Promise<Handled<S, E, R>>((resolve, reject) => {
        if (closed) throw new Error(`the writer of ${stream} is closed`);
        waiting.push({
          decide,
          context,
          deadline: clock.now() + giveUpAfterMs,
          alone: false,
          settled: false,
          // its own decision made the refusal, so it is an R, which the queue of all commands cannot say
          resolve: resolve as (handled: Handled<S, E, unknown>) => void,
          reject,
        });
        giveUp.watch();
        running ??= run();
      }),
    state: async () => {
      const { state, revision } = await memory.load();
      return { state, revision: revision < 0n ? undefined : revision };
    },
    idle: () => running === undefined,
    close: async () => {
      closed = true;
      await running;
      giveUp.stop();
      await memory.flush();
    },
  };
};
