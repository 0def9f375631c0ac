import { judgeReadError, losesConnection } from './client-errors.js';
import type { Connection } from './connection.js';
import { StoreUnavailableError } from './port.js';

/** The part of the client's streams that is used; their full types do not agree with exact optional properties. */
export type Source = AsyncIterable<unknown> & {
  on: (event: 'error', listener: (error: Error) => void) => unknown;
  destroy: (error?: Error) => unknown;
};

/**
 * Items of a read or subscription, pulled as they are asked for. Ends quietly where the stream does not exist and when
 * `signal` fires; throws StoreUnavailableError or StoreRefusedError, also when the connection is found dead meanwhile.
 */
export const streamed = async function* <T>(
  connection: Connection,
  source: Source,
  cancel: () => Promise<void>,
  signal?: AbortSignal,
): AsyncGenerator<T> {
  const stop = () => source.destroy();
  const closeCall = connection.open({ fail: (error) => source.destroy(new StoreUnavailableError(error.message)) });
  // the client may report once more after the loop has left; unheard, that would end the process
  source.on('error', () => undefined);
  signal?.addEventListener('abort', stop, { once: true });
  try {
    if (signal?.aborted) return;
    for await (const item of source) {
      connection.heard();
      yield item as T;
      if (signal?.aborted) return;
    }
  } catch (error) {
    if (signal?.aborted) return;
    if (losesConnection(error)) connection.leave();
    const judged = judgeReadError(error);
    if (judged !== undefined) throw judged;
  } finally {
    signal?.removeEventListener('abort', stop);
    closeCall();
    cancel().catch(() => undefined);
  }
};
