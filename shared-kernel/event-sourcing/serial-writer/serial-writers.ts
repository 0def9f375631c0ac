import type { DomainEvent } from '../decider.js';
import { createSerialWriter, type SerialWriter } from '../serial-writer.js';
import type { WriterDeps } from './types.js';

export type SerialWriters<S, E> = {
  /** The writer of a stream, opened when first used. Holding on to it is fine: it reopens after a release. */
  readonly of: (stream: string) => Pick<SerialWriter<S, E>, 'submit' | 'state'>;
  readonly close: () => Promise<void>;
};

type Deps<S, E extends DomainEvent> = Omit<WriterDeps<S, E>, 'stream'> & {
  /** A writer unused for so long leaves memory. */
  readonly idleAfterMs?: number;
  /** Past this number the longest unused idle ones leave memory. */
  readonly maxOpen?: number;
};

type Open<S, E> = { readonly writer: SerialWriter<S, E>; readonly usedAt: number };

/** One serial writer a stream, held in memory as long as it is used. */
export const createSerialWriters = <S, E extends DomainEvent>(deps: Deps<S, E>): SerialWriters<S, E> => {
  const { idleAfterMs = 10 * 60_000, maxOpen = 500, ...writerDeps } = deps;
  // least recently used first
  const open = new Map<string, Open<S, E>>();
  let closed = false;

  const release = (room: number) => {
    const stale = Date.now() - idleAfterMs;
    for (const [stream, { writer, usedAt }] of open) {
      if (usedAt > stale && open.size <= room) return;
      if (!writer.idle()) continue;
      open.delete(stream);
      void writer.close();
    }
  };
  const sweep = setInterval(() => release(maxOpen), Math.max(1000, idleAfterMs / 4));
  sweep.unref();

  const writerOf = (stream: string): SerialWriter<S, E> => {
    if (closed) throw new Error('the serial writers are closed');
    const known = open.get(stream);
    // room is made before the new one comes in, which is idle itself until its first command
    if (known === undefined && open.size >= maxOpen) release(maxOpen - 1);
    const writer = known?.writer ?? createSerialWriter({ ...writerDeps, stream });
    open.delete(stream);
    open.set(stream, { writer, usedAt: Date.now() });
    return writer;
  };

  return {
    of: (stream) => ({
      submit: async (decide, context) => writerOf(stream).submit(decide, context),
      state: async () => writerOf(stream).state(),
    }),
    close: async () => {
      closed = true;
      clearInterval(sweep);
      await Promise.all([...open.values()].map(({ writer }) => writer.close()));
      open.clear();
    },
  };
};
