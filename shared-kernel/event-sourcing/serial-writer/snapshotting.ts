import type { Clock } from '../clock.js';
import type { DomainEvent } from '../decider.js';
import type { Folded, Snapshot, WriterDeps } from './types.js';

const EVERY = 1000;
const PAUSE_MS = 30_000;
/** A database that does not answer must not cost a buyer more than the replay would. */
const LOAD_WITHIN_MS = 1000;
/** What is not written by then is not worth holding up the end of the process. */
const FLUSH_WITHIN_MS = 3000;

/** One stream's snapshots. Nothing here can fail a command: what goes wrong is told to `observe` and costs a longer replay. */
export type Snapshotting<S> = {
  readonly load: () => Promise<Snapshot<S> | undefined>;
  /** Where the stream was loaded from: the next one is due so many events later. */
  readonly loadedFrom: (revision: bigint) => void;
  /** Saves in the background where one is due; one at a time. */
  readonly offer: (folded: Folded<S>) => void;
  /** Saves what the stream has gained, where that is worth it. For when it leaves memory; bounded in time. */
  readonly flush: (folded: Folded<S>) => Promise<void>;
  readonly discard: (found: Snapshot<S>) => void;
};

export const createSnapshotting = <S, E extends DomainEvent>(deps: WriterDeps<S, E>, clock: Clock): Snapshotting<S> => {
  const { stream, snapshot: store, observe } = deps;
  const every = BigInt(deps.snapshotEvery ?? EVERY);
  const pauseMs = deps.snapshotPauseMs ?? PAUSE_MS;
  let savedRevision = -1n;
  let notBefore = 0;
  let saving: Promise<void> | undefined;
  let discarding: Promise<void> = Promise.resolve();

  const failed = (error: unknown) => observe?.({ kind: 'snapshotFailed', cause: String(error) });

  const within = <T>(ms: number, work: Promise<T>): Promise<T> =>
    new Promise((resolve, reject) => {
      const cancel = clock.after(ms, () => reject(new Error(`no answer in ${ms} ms`)));
      work.then(resolve, reject).finally(cancel);
    });

  const save = async ({ state, revision, position, eventId }: Folded<S>): Promise<void> => {
    if (store === undefined || position === undefined || eventId === undefined) return;
    const begun = clock.now();
    savedRevision = revision;
    try {
      await discarding;
      await store.save(stream, { state, revision, position, eventId, foldVersion: store.foldVersion });
      observe?.({ kind: 'snapshotSaved', revision, milliseconds: clock.now() - begun });
    } catch (error) {
      failed(error);
    }
    notBefore = clock.now() + pauseMs;
  };

  return {
    load: async () => {
      if (store === undefined) return undefined;
      try {
        const found = await within(LOAD_WITHIN_MS, store.load(stream));
        return found?.foldVersion === store.foldVersion ? found : undefined;
      } catch (error) {
        failed(error);
        return undefined;
      }
    },
    loadedFrom: (revision) => {
      savedRevision = revision;
    },
    offer: (folded) => {
      if (store === undefined || saving !== undefined || folded.revision - savedRevision < every) return;
      if (clock.now() < notBefore) return;
      saving = save(folded).finally(() => {
        saving = undefined;
      });
    },
    flush: async (folded) => {
      const gained = () => folded.revision - savedRevision;
      const work = async () => {
        await saving;
        if (gained() >= (every + 9n) / 10n) await save(folded);
      };
      if (store !== undefined) await within(FLUSH_WITHIN_MS, work()).catch(failed);
    },
    discard: (found) => {
      observe?.({ kind: 'snapshotDiscarded', revision: found.revision });
      discarding = store?.discard(stream).catch(failed) ?? discarding;
    },
  };
};
