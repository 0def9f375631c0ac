import {
  type AllStreamResolvedEvent,
  type AllStreamSubscription,
  eventTypeFilter,
  type Filter,
  type ResolvedEvent,
  START,
  type StreamSubscription,
  streamNameFilter,
} from '@eventstore/db-client';
import type { Connection } from './connection.js';
import {
  type Position,
  StoreUnavailableError,
  type SubscribeOptions,
  type SubscriptionFilter,
  type SubscriptionItem,
} from './port.js';
import { checkedPosition, isPlace, toStoredEvent } from './stored-event.js';
import { streamed } from './streaming.js';

/** Marks put between the events of the client's own stream, so that they keep their place among them. */
type Mark = { readonly mark: Exclude<SubscriptionItem, { kind: 'event' }> };
type Item = Mark | ResolvedEvent | AllStreamResolvedEvent;

const CHECKPOINT_EVERY_WINDOWS = 1;

const clientFilter = (filter: SubscriptionFilter, checkpointReached: Filter['checkpointReached'] & object): Filter => {
  const common = { checkpointInterval: CHECKPOINT_EVERY_WINDOWS, checkpointReached };
  switch (filter.by) {
    case 'streamPrefix':
      return streamNameFilter({ ...common, prefixes: [...filter.prefixes] });
    case 'streamRegex':
      return streamNameFilter({ ...common, regex: filter.regex });
    case 'eventTypePrefix':
      return eventTypeFilter({ ...common, prefixes: [...filter.prefixes] });
    case 'eventTypeRegex':
      return eventTypeFilter({ ...common, regex: filter.regex });
  }
};

const follow = async function* (
  connection: Connection,
  subscription: AllStreamSubscription | StreamSubscription,
  signal: AbortSignal,
): AsyncGenerator<SubscriptionItem> {
  subscription.on('caughtUp', () => subscription.push({ mark: { kind: 'caughtUp' } } satisfies Mark));
  const items = streamed<Item>(connection, subscription, () => subscription.unsubscribe(), signal);
  for await (const item of items) {
    if ('mark' in item) yield item.mark;
    else if (item.event !== undefined) yield { kind: 'event', event: toStoredEvent(item.event) };
  }
  if (!signal.aborted) throw new StoreUnavailableError('the event store ended the subscription');
};

/** Follows all streams from behind a position; connects when it is first asked for an item. */
export const followAll = async function* (
  connect: () => Connection,
  { from, filter, signal }: SubscribeOptions,
): AsyncGenerator<SubscriptionItem> {
  const connection = connect();
  const checkpointReached = (subscription: AllStreamSubscription, position: Position) => {
    if (isPlace(position)) subscription.push({ mark: { kind: 'checkpoint', position } } satisfies Mark);
  };
  const subscription = connection.client.subscribeToAll({
    fromPosition: from === 'start' ? START : checkedPosition(from),
    ...(filter === undefined ? {} : { filter: clientFilter(filter, checkpointReached) }),
  });
  yield* follow(connection, subscription, signal);
};

/** Follows one stream from behind a revision; connects when it is first asked for an item. */
export const followStream = async function* (
  connect: () => Connection,
  stream: string,
  { from, signal }: { readonly from: bigint | 'start'; readonly signal: AbortSignal },
): AsyncGenerator<SubscriptionItem> {
  const connection = connect();
  yield* follow(connection, connection.client.subscribeToStream(stream, { fromRevision: from }), signal);
};
