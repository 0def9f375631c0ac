import type { Clock } from '../clock.js';
import type { Recorded } from '../codec.js';
import { type DomainEvent, evolveOne } from '../decider.js';
import type { Position } from '../event-store/port.js';
import { readRecorded } from '../stream-reading.js';
import type { Group } from './group.js';
import { createRecentCommands, type RecentCommands } from './recent-commands.js';
import { createSnapshotting } from './snapshotting.js';
import type { Folded, Snapshot, WriterDeps } from './types.js';

const RECENT_COMMANDS = 8192;
/** Of the events before a snapshot so many are read again: a command repeated right after a restart is still told by its id. */
const READ_AGAIN = 1000n;

/** One stream's state in memory, never ahead of what the store has acknowledged or shown. */
export type StreamMemory<S, E> = {
  /** Replays the stream unless it is in memory. Throws what reading throws. */
  readonly load: () => Promise<Folded<S>>;
  readonly recent: RecentCommands<E>;
  /** What the stream holds beyond memory, read now. */
  readonly readTail: () => Promise<readonly Recorded<E>[]>;
  readonly foldTail: (tail: readonly Recorded<E>[]) => void;
  /** Takes over a stored group. */
  readonly advance: (group: Group<S, E>, revision: bigint, position: Position) => void;
  /** The next load replays everything, without a snapshot. */
  readonly forget: () => void;
  /** Before it leaves memory: leaves a snapshot behind where one is worth it. */
  readonly flush: () => Promise<void>;
};

export const createStreamMemory = <S, E extends DomainEvent>(deps: WriterDeps<S, E>, clock: Clock): StreamMemory<S, E> => {
  const { store, codec, aggregate, stream, observe } = deps;
  const recent = createRecentCommands<E>(RECENT_COMMANDS);
  const snapshots = createSnapshotting(deps, clock);
  let current: Folded<S> | undefined;
  let loading: Promise<Folded<S>> | undefined;
  let trustSnapshots = true;

  /** Undefined where the stream does not hold the very event the snapshot was taken at. */
  const replayFrom = async (found: Snapshot<S> | undefined): Promise<Folded<S> | undefined> => {
    const begun = clock.now();
    recent.clear();
    let folded: Folded<S> = found ?? { state: aggregate.initial, revision: -1n, position: undefined, eventId: undefined };
    const first = folded.revision - READ_AGAIN;
    let confirmed = found === undefined;
    let events = 0;
    for await (const event of readRecorded(store, codec, stream, first < 0n ? 0n : first)) {
      events += 1;
      recent.addRecorded(event);
      if (event.revision === found?.revision) {
        if (event.id !== found.eventId) return undefined;
        confirmed = true;
      }
      if (event.revision <= folded.revision) continue;
      const { revision, position, id: eventId } = event;
      folded = { state: evolveOne(aggregate, folded.state, event), revision, position, eventId };
    }
    if (!confirmed) return undefined;
    observe?.({ kind: 'loaded', events, fromSnapshot: found !== undefined, milliseconds: clock.now() - begun });
    snapshots.loadedFrom(found?.revision ?? -1n);
    return folded;
  };

  const replay = async (): Promise<Folded<S>> => {
    const found = trustSnapshots ? await snapshots.load() : undefined;
    let folded = await replayFrom(found);
    if (folded === undefined && found !== undefined) {
      snapshots.discard(found);
      folded = await replayFrom(undefined);
    }
    if (folded === undefined) throw new Error(`${stream} cannot be replayed`);
    current = folded;
    snapshots.offer(folded);
    return folded;
  };

  const load = async () => {
    if (current !== undefined) return current;
    loading ??= replay().finally(() => {
      loading = undefined;
    });
    return loading;
  };

  const inMemory = (): Folded<S> => {
    if (current === undefined) throw new Error(`${stream} is not in memory`);
    return current;
  };

  const move = (to: Folded<S>) => {
    current = to;
    snapshots.offer(to);
  };

  return {
    load,
    recent,
    readTail: async () => {
      const tail: Recorded<E>[] = [];
      for await (const event of readRecorded(store, codec, stream, inMemory().revision + 1n)) tail.push(event);
      return tail;
    },
    foldTail: (tail) => {
      const last = tail.at(-1);
      if (last === undefined) return;
      let { state } = inMemory();
      for (const event of tail) {
        state = evolveOne(aggregate, state, event);
        recent.addRecorded(event);
      }
      move({ state, revision: last.revision, position: last.position, eventId: last.id });
    },
    advance: (group, revision, position) => {
      for (const { command, events, revision: last } of group.decided) {
        const { commandId, fingerprint } = command.context;
        recent.add(commandId, { events, revision: last, position, fingerprint });
      }
      move({ state: group.state, revision, position, eventId: group.events.at(-1)?.id });
    },
    forget: () => {
      current = undefined;
      trustSnapshots = false;
    },
    flush: async () => {
      if (current !== undefined) await snapshots.flush(current);
    },
  };
};
