import { BACKWARDS, END, EventStoreDBClient } from '@eventstore/db-client';
import { isAnswer } from './client-errors.js';
import { internalsOf } from './client-internals.js';
import { within } from './within.js';

/** A call under way; `fail` ends it when the connection is found dead. */
export type OpenCall = { readonly fail: (error: Error) => void };

export type Connection = {
  readonly client: EventStoreDBClient;
  /** The connection is watched while calls are open; the result closes the call. */
  readonly open: (call: OpenCall) => () => void;
  /** The server said something. */
  readonly heard: () => void;
  /** Asks at once whether the server still answers, and fails every open call where it does not. */
  readonly suspect: () => void;
  /** No new calls; those open go on. */
  readonly leave: () => void;
  readonly isLeft: () => boolean;
  readonly isClosed: () => boolean;
  readonly close: () => Promise<void>;
};

const TICK_MS = 500;
const SILENCE_MS = 2000;
const PROBE_MS = 2000;
const DISPOSE_MS = 500;

// grpc-js shares sockets between channels of equal options in the whole process; unequal keepalive times keep
// connections apart, so that a new one never gets the hung socket (or the back-off) of the one it replaces
let serial = 0;

const clientOf = (url: string, connectionName: string): EventStoreDBClient => {
  serial = (serial + 1) % 1_000_000;
  const more = `connectionName=${encodeURIComponent(connectionName)}&keepAliveInterval=${10_000 + serial}&throwOnAppendFailure=true`;
  return EventStoreDBClient.connectionString(`${url}${url.includes('?') ? '&' : '?'}${more}`);
};

/** One client of one socket, watched: a server that falls silent under open calls is noticed within five seconds. */
export const createConnection = (url: string, connectionName: string): Connection => {
  const client = clientOf(url, connectionName);
  const calls = new Set<OpenCall>();
  let heardAt = Date.now();
  // apart from the above: a call opened during a probe is no sign of life
  let watchedFrom = heardAt;
  let watch: NodeJS.Timeout | undefined;
  let probing = false;
  let left = false;
  let closing: Promise<void> | undefined;

  const shut = async () => {
    // it waits for each stream's end, which a stream the server has half closed never reaches
    await within(DISPOSE_MS, client.dispose());
    (await internalsOf(client).getChannel()).close();
  };

  const close = () => {
    left = true;
    clearInterval(watch);
    closing ??= shut().catch(() => undefined);
    return closing;
  };

  const fail = (error: Error) => {
    for (const call of [...calls]) call.fail(error);
    calls.clear();
    void close();
  };

  const answers = async (): Promise<boolean> => {
    const stream = client.readStream('tiketi-probe', { direction: BACKWARDS, fromRevision: END, maxCount: 1 });
    stream.on('error', () => undefined);
    const asked = (async () => {
      for await (const _ of stream) return true;
      return true;
    })().catch(isAnswer);
    const verdict = await within(PROBE_MS, asked);
    if (verdict === 'late') stream.cancel().catch(() => undefined);
    return verdict === true;
  };

  const suspect = () => {
    if (probing || closing !== undefined) return;
    probing = true;
    const begun = Date.now();
    answers().then((answered) => {
      probing = false;
      // slow to answer the probe and quick to others is alive all the same
      if (!answered && heardAt <= begun) fail(new Error('the event store does not answer'));
      heardAt = Date.now();
    });
  };

  const tick = () => {
    if (calls.size > 0 && Date.now() - Math.max(heardAt, watchedFrom) >= SILENCE_MS) suspect();
  };

  const leave = () => {
    left = true;
    if (calls.size === 0) void close();
  };

  return {
    client,
    open: (call) => {
      if (calls.size === 0) {
        watchedFrom = Date.now();
        watch ??= setInterval(tick, TICK_MS);
        watch.unref();
      }
      calls.add(call);
      return () => {
        calls.delete(call);
        if (calls.size > 0) return;
        if (left) void close();
      };
    },
    heard: () => {
      heardAt = Date.now();
    },
    suspect,
    leave,
    isLeft: () => left,
    isClosed: () => closing !== undefined,
    close: async () => {
      fail(new Error('the connection was closed'));
      await close();
    },
  };
};
