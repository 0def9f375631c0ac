import { isDeepStrictEqual } from 'node:util';
import type { EventStoreDBClient, StreamSubscription } from '@eventstore/db-client';
import { noted, UNARY } from './running-node.js';
import type { Expected, ModelAnswer, StoreModel } from './store-model.js';

/** One call, fit to be made of the node and of the model alike. */
export type Operation = { readonly stream: string } & (
  | { readonly do: 'append'; readonly expected: Expected; readonly ids: readonly string[]; readonly unary: boolean }
  | { readonly do: 'delete' | 'tombstone'; readonly expected: Exclude<Expected, 'stream_exists'> }
  | { readonly do: 'metadata'; readonly metadata: { readonly maxCount?: number; readonly truncateBefore?: number } }
  | { readonly do: 'read'; readonly from: number; readonly count: number; readonly backwards: boolean }
  | { readonly do: 'subscribe'; readonly after: number }
);

/** A revision, the ids read, or the name of the error. */
type Answer = { ok: number } | string | readonly string[];

/** An operation that was under way together with others, and what came of it. */
export type Done = { readonly operation: Operation; readonly answer: Answer };

const nameOf = (error: unknown): string =>
  error instanceof Error && 'type' in error ? String(error.type) : `unexpected: ${String(error)}`;

/** The ids that come before the subscription says that it has caught up. */
const caughtUp = (subscription: StreamSubscription): Promise<string[]> =>
  new Promise((resolve, reject) => {
    const ids: string[] = [];
    subscription.on('data', ({ event }) => ids.push(event?.id ?? ''));
    subscription.on('error', reject);
    // what came before it may still be on its way out of the stream
    subscription.on('caughtUp', () => setImmediate(() => subscription.unsubscribe().then(() => resolve(ids), reject)));
  });

const asked = async (client: EventStoreDBClient, operation: Operation): Promise<Answer> => {
  const { stream } = operation;
  switch (operation.do) {
    case 'append': {
      const { expected: expectedRevision, ids, unary } = operation;
      const events = ids.map((id) => noted(1, id));
      const result = await client.appendToStream(stream, events, { expectedRevision, ...(unary ? UNARY : {}) });
      // an append of nothing tells no revision worth comparing
      return { ok: ids.length > 0 ? Number(result.nextExpectedRevision) : -1 };
    }
    case 'delete':
      await client.deleteStream(stream, { expectedRevision: operation.expected });
      return { ok: -1 };
    case 'tombstone':
      await client.tombstoneStream(stream, { expectedRevision: operation.expected });
      return { ok: -1 };
    case 'metadata':
      await client.setStreamMetadata(stream, operation.metadata);
      return { ok: -1 };
    case 'read': {
      const ids: string[] = [];
      const { from, count: maxCount, backwards } = operation;
      const direction = backwards ? 'backwards' : 'forwards';
      for await (const { event } of client.readStream(stream, { fromRevision: BigInt(from), maxCount, direction }))
        ids.push(event?.id ?? '');
      return ids;
    }
    case 'subscribe': {
      const { after } = operation;
      return caughtUp(client.subscribeToStream(stream, { fromRevision: after < 0 ? 'start' : BigInt(after) }));
    }
  }
};

/** Makes the call of a node. It has left when this returns; its answer comes when it comes. */
export const ask = async (client: EventStoreDBClient, operation: Operation): Promise<Done> => {
  const answer = await asked(client, operation).catch(nameOf);
  return { operation, answer };
};

const readOf = (model: StoreModel, read: Operation & { do: 'read' }): Answer => {
  const visible = model.read(read.stream);
  if (typeof visible === 'string') return visible;
  const first = model.last(read.stream) + 1 - visible.length;
  const wanted = visible.filter((_, index) => (read.backwards ? first + index <= read.from : first + index >= read.from));
  return (read.backwards ? wanted.reverse() : wanted).slice(0, read.count);
};

/** Makes the call of the model, which changes by it. */
export const perform = (model: StoreModel, operation: Operation): Answer => {
  const { stream } = operation;
  const flat = (answer: ModelAnswer): ModelAnswer => (typeof answer === 'object' ? { ok: -1 } : answer);
  switch (operation.do) {
    case 'append': {
      const answer = model.append(stream, operation.expected, operation.ids);
      return operation.ids.length > 0 ? answer : flat(answer);
    }
    case 'delete':
      return model.softDelete(stream, operation.expected);
    case 'tombstone':
      return model.tombstone(stream, operation.expected);
    case 'metadata':
      return model.setMetadata(stream, operation.metadata);
    case 'read':
      return readOf(model, operation);
    case 'subscribe':
      return model.follow(stream, operation.after);
  }
};

/** Those that share the client's one batch stream reach the store in the order they left in. */
const isOrdered = ({ operation }: Done): boolean =>
  operation.do === 'metadata' || (operation.do === 'append' && !operation.unary);

/**
 * The models that remain possible once these operations, under way together, have had these answers: those some order
 * explains, in which what shares a stream keeps its order. None: no order does.
 */
export const explained = (models: readonly StoreModel[], done: readonly Done[]): readonly StoreModel[] => {
  if (done.length === 0) return models;
  const first = done.find(isOrdered);
  const found = done
    .filter((each) => each === first || !isOrdered(each))
    .flatMap((each) => {
      const fitting = models
        .map((model) => model.copy())
        .filter((model) => isDeepStrictEqual(perform(model, each.operation), each.answer));
      return fitting.length === 0
        ? []
        : explained(
            fitting,
            done.filter((other) => other !== each),
          );
    });
  return [...new Map(found.map((model) => [model.key(), model])).values()];
};
