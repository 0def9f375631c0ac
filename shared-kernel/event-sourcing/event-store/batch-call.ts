import streams from '@eventstore/db-client/generated/streams_grpc_pb.js';
import type { BatchAppendResp } from '@eventstore/db-client/generated/streams_pb.js';
import type { ClientDuplexStream } from '@grpc/grpc-js';
import type { End } from './appending.js';
import { readAnswer } from './batch-messages.js';
import { commandError, isUnserved, judgeStreamEnd, losesConnection } from './client-errors.js';
import { type Internals, internalsOf } from './client-internals.js';
import type { Connection } from './connection.js';
import { type AppendOutcome, type StoreRefusedError, StoreUnavailableError } from './port.js';
import { within } from './within.js';

/** One stream of messages that many appends share. */
export type BatchCall = {
  /** Each append is ended by its own answer or with the stream; the result forgets it, whether it was answered or not. */
  readonly send: (correlationId: string, message: Buffer, end: End) => () => void;
};

const { batchAppend } = streams.StreamsService;
const asIs = (message: Buffer): Buffer => message;

/** An open call keeps the process alive, an idle socket does not: what nobody uses is closed. */
const IDLE_MS = 500;

/** A server may leave the question for its calls unanswered and serve the probe of the connection all the same. */
const ASK_MS = 2000;

type Carried = Pick<Connection, 'client' | 'heard' | 'leave'>;

/** What becomes of a stream, told at once so that the next append goes elsewhere. */
export type Fate = {
  /** Told once, when no further append should be sent on it: it has ended, was idle, or left an append without an answer in its time. */
  readonly spent: () => void;
  /** It ended by an error, which other streams of its connection may well end by when next used. */
  readonly failed: () => void;
};

/** Whether the server lists the call; throws StoreUnavailableError where it does not say, for the client itself would ask for ever. */
const isOffered = async (client: Internals): Promise<boolean> => {
  // to find the leader among several may take longer, and ends by itself
  await client.getChannel();
  const offered = await within(ASK_MS, client.supports(batchAppend));
  if (offered === 'late') throw new StoreUnavailableError(`the event store did not say in ${ASK_MS} ms which calls it serves`);
  return offered;
};

/**
 * Opens a `BatchAppend` stream; undefined where the server does not list the call. Throws what the client throws, and
 * StoreUnavailableError where the server does not say.
 */
export const openBatchCall = async (connection: Carried, fate: Fate): Promise<BatchCall | undefined> => {
  const client = internalsOf(connection.client);
  if (!(await isOffered(client))) return undefined;
  const open = client.GRPCStreamCreator(streams.StreamsClient, 'batchAppend', (stub) =>
    stub.makeBidiStreamRequest<Buffer, BatchAppendResp>(
      batchAppend.path,
      asIs,
      batchAppend.responseDeserialize,
      ...client.callArguments({ requiresLeader: true }, { deadline: Number.POSITIVE_INFINITY }),
    ),
  );
  // the client's own listeners stand before ours, so that it knows of a new leader before anybody appends again
  return batchCall(await open(), connection, fate);
};

const batchCall = (call: ClientDuplexStream<Buffer, BatchAppendResp>, connection: Carried, fate: Fate): BatchCall => {
  const waiting = new Map<string, End>();
  const unsent = new Map<string, Buffer>();
  let full = false;
  let answered = false;
  let usable = true;
  let over: AppendOutcome | StoreRefusedError | undefined;

  const retire = () => {
    if (usable) fate.spent();
    usable = false;
  };

  const finish = (outcome: AppendOutcome | StoreRefusedError) => {
    if (over !== undefined) return;
    over = outcome;
    clearTimeout(idle);
    retire();
    const ends = [...waiting.values()];
    waiting.clear();
    unsent.clear();
    for (const end of ends) end(outcome);
  };

  const drop = () => {
    finish({ kind: 'unknown', cause: 'the append stream was closed' });
    call.cancel();
  };

  const idle = setTimeout(() => {
    if (waiting.size === 0) drop();
  }, IDLE_MS);
  idle.unref();

  const rest = () => {
    if (over !== undefined || waiting.size > 0) return;
    if (usable) idle.refresh();
    else drop();
  };

  call.on('data', (answer: BatchAppendResp) => {
    connection.heard();
    answered = true;
    const { correlationId = '', outcome } = readAnswer(answer);
    const end = waiting.get(correlationId);
    waiting.delete(correlationId);
    rest();
    end?.(outcome);
  });
  call.on('drain', () => {
    full = false;
    for (const [correlationId, message] of unsent) {
      if (full) return;
      unsent.delete(correlationId);
      full = !call.write(message);
    }
  });
  call.on('error', (raw: Error) => {
    const error = commandError(raw);
    if (over === undefined) {
      fate.failed();
      // where the call is not served after all, the server is asked again, and it is asked once a connection
      if (losesConnection(error) || isUnserved(error)) connection.leave();
    }
    finish(judgeStreamEnd(error, answered));
  });
  call.on('end', () => {
    finish({ kind: 'unknown', cause: 'the event store ended the append stream' });
    // until our side has ended too, the client counts the stream among those to wait for
    call.end();
  });

  const forget = (correlationId: string) => {
    unsent.delete(correlationId);
    if (!waiting.delete(correlationId)) return;
    // a stream the server no longer serves must not hold up the next append; those open keep their chance
    retire();
    rest();
  };

  return {
    send: (correlationId, message, end) => {
      if (over !== undefined) end(over);
      else {
        waiting.set(correlationId, end);
        if (full) unsent.set(correlationId, message);
        else full = !call.write(message);
      }
      return () => forget(correlationId);
    },
  };
};
