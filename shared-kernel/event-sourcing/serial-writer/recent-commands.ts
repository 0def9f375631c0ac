import type { Recorded } from '../codec.js';
import type { Position } from '../event-store/port.js';

/** What a command left in the stream. */
export type CommandResult<E> = {
  readonly events: readonly E[];
  readonly revision: bigint;
  readonly position: Position;
  /** Of the request it came with, where it came with one. */
  readonly fingerprint: string | undefined;
};

export type RecentCommands<E> = {
  readonly get: (commandId: string) => CommandResult<E> | undefined;
  readonly add: (commandId: string, result: CommandResult<E>) => void;
  /** Takes in events read from the stream, in order. */
  readonly addRecorded: (event: Recorded<E>) => void;
  readonly clear: () => void;
};

/** The results of the last commands of a stream; of older ones the decisions themselves say that they were done. */
export const createRecentCommands = <E>(capacity: number): RecentCommands<E> => {
  const results = new Map<string, CommandResult<E>>();

  const add = (commandId: string, result: CommandResult<E>) => {
    results.set(commandId, result);
    if (results.size <= capacity) return;
    const oldest = results.keys().next();
    if (!oldest.done) results.delete(oldest.value);
  };

  return {
    add,
    get: (commandId) => results.get(commandId),
    addRecorded: (event) => {
      const { commandId, fingerprint } = event.metadata;
      const known = results.get(commandId);
      if (known !== undefined && known.revision >= event.revision) return;
      const events = [...(known?.events ?? []), event];
      add(commandId, { events, revision: event.revision, position: event.position, fingerprint });
    },
    clear: () => results.clear(),
  };
};
