import type { Clock } from '../clock.js';
import type { Recorded } from '../codec.js';
import { type DomainEvent, evolveOne } from '../decider.js';
import type { Position } from '../event-store/port.js';
import { readRecorded } from '../stream-reading.js';
import type { Group } from './group.js';
import { createRecentCommands, type RecentCommands } from './recent-commands.js';
import type { Folded, WriterDeps } from './types.js';

const RECENT_COMMANDS = 8192;
const SNAPSHOT_EVERY = 1000;

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
};

export const createStreamMemory = <S, E extends DomainEvent>(deps: WriterDeps<S, E>, clock: Clock): StreamMemory<S, E> => {
  const { store, codec, aggregate, stream, snapshot, snapshotEvery = SNAPSHOT_EVERY, observe } = deps;
  const recent = createRecentCommands<E>(RECENT_COMMANDS);
  let current: Folded<S> | undefined;
  let loading: Promise<Folded<S>> | undefined;
  let trustSnapshots = true;
  let snapshotRevision = -1n;
  let saving = false;

  const snapshotFailed = (error: unknown) => observe?.({ kind: 'snapshotFailed', cause: String(error) });

  const start = async (): Promise<Folded<S>> => {
    const nothing = { state: aggregate.initial, revision: -1n, position: undefined };
    if (snapshot === undefined || !trustSnapshots) return nothing;
    try {
      const found = await snapshot.load(stream);
      if (found?.foldVersion === snapshot.foldVersion) return found;
    } catch (error) {
      snapshotFailed(error);
    }
    return nothing;
  };

  const replay = async (): Promise<Folded<S>> => {
    const begun = clock.now();
    const from = await start();
    recent.clear();
    let { state, revision, position } = from;
    let events = 0;
    // begins at the snapshot's own event: a store that no longer has it makes the snapshot worthless
    for await (const event of readRecorded(store, codec, stream, from.revision < 0n ? 0n : from.revision)) {
      events += 1;
      if (event.revision === from.revision) continue;
      state = evolveOne(aggregate, state, event);
      ({ revision, position } = event);
      recent.addRecorded(event);
    }
    if (from.revision >= 0n && events === 0) {
      trustSnapshots = false;
      return replay();
    }
    observe?.({ kind: 'loaded', events, milliseconds: clock.now() - begun });
    snapshotRevision = from.revision;
    current = { state, revision, position };
    return current;
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
    const { revision, position, state } = to;
    if (snapshot === undefined || saving || position === undefined) return;
    if (revision - snapshotRevision < BigInt(snapshotEvery)) return;
    saving = true;
    snapshotRevision = revision;
    snapshot
      .save(stream, { state, revision, position, foldVersion: snapshot.foldVersion })
      .catch(snapshotFailed)
      .finally(() => {
        saving = false;
      });
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
      move({ state, revision: last.revision, position: last.position });
    },
    advance: (group, revision, position) => {
      for (const { command, events, revision: last } of group.decided) {
        recent.add(command.context.commandId, { events, revision: last, position });
      }
      move({ state: group.state, revision, position });
    },
    forget: () => {
      current = undefined;
      trustSnapshots = false;
    },
  };
};
