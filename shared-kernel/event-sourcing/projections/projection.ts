import type { Transaction } from 'kysely';
import type { allEvents, TiketiEvent } from '../../contracts/events/catalog-of-events.js';
import type { EventDefinition, EventOf } from '../../contracts/events/definition.js';
import type { EventCodec, Recorded } from '../codec.js';
import type { Consumer } from '../consumers/consumer.js';

type Definitions = Readonly<Record<string, EventDefinition>>;

/** Takes events of one type, in log order; set-based SQL over the lot is what makes a rebuild fast. */
export type ProjectionHandler<DB, E> = (tx: Transaction<DB>, events: readonly Recorded<E>[]) => Promise<void>;

/** Total: a new event type does not compile until each projection says what it makes of it. */
export type ProjectionHandlers<DB, E extends { readonly type: string }> = {
  readonly [T in E['type']]: 'ignored' | ProjectionHandler<DB, Extract<E, { type: T }>>;
};

export type ProjectionDefinition<DB, D extends Definitions> = {
  /** A literal, e.g. `'tickets'`; also its checkpoint's name. */
  readonly name: string;
  /** Raised when rows built by the old handlers would be wrong; they are rebuilt then. */
  readonly version: number;
  readonly events: EventCodec<D>;
  readonly keyOf: (event: Recorded<EventOf<D>>) => string;
  readonly handlers: ProjectionHandlers<DB, EventOf<D>>;
  readonly onFailure: 'park' | 'stop';
  /**
   * `'log'` (default) keeps the order of the log throughout: only neighbours of one type are handed over together.
   * `'key'` keeps it within each key and gathers one type across keys: faster, and right only where no handler
   * depends on rows an event of another key has written.
   */
  readonly order?: 'log' | 'key';
};

export type Projection = Consumer & { readonly version: number; readonly handledTypes: readonly string[] };

type Group = { readonly type: string; readonly events: Recorded<TiketiEvent>[] };

/** Neighbours of one type together. */
const groupByLog = (batch: readonly Recorded<TiketiEvent>[]): Group[] => {
  const groups: Group[] = [];
  for (const event of batch) {
    const last = groups.at(-1);
    if (last?.type === event.type) last.events.push(event);
    else groups.push({ type: event.type, events: [event] });
  }
  return groups;
};

/** Each event joins the earliest group of its type that does not lie before another event of its key. */
const groupByKey = (batch: readonly Recorded<TiketiEvent>[], keyOf: Consumer['keyOf']): Group[] => {
  const groups: Group[] = [];
  const lastGroupOf = new Map<string, number>();
  const groupsOfType = new Map<string, number[]>();
  for (const event of batch) {
    const key = keyOf(event);
    const earliest = lastGroupOf.get(key) ?? 0;
    const candidates = groupsOfType.get(event.type) ?? [];
    const found = candidates.find((index) => index >= earliest);
    const index = found ?? groups.length;
    if (found === undefined) {
      groups.push({ type: event.type, events: [] });
      groupsOfType.set(event.type, [...candidates, index]);
    }
    groups[index]?.events.push(event);
    lastGroupOf.set(key, index);
  }
  return groups;
};

/**
 * A named, versioned table of handlers as a consumer. Over all of Tiketi's events `defineProjection<DB>` is enough;
 * over a part of them name it: `defineProjection<DB, typeof userEvents>`.
 */
export const defineProjection = <DB, D extends Definitions = typeof allEvents>(p: ProjectionDefinition<DB, D>): Projection => {
  const table = new Map<string, ProjectionHandler<DB, TiketiEvent>>();
  for (const [type, handler] of Object.entries(p.handlers)) {
    // each handler is reached only with events of the type it stands under
    if (typeof handler === 'function') table.set(type, handler as ProjectionHandler<DB, TiketiEvent>);
  }
  // decoded by this projection's own codec, so its events are of D
  const keyOf = (event: Recorded<TiketiEvent>) => p.keyOf(event as unknown as Recorded<EventOf<D>>);

  return {
    name: p.name,
    version: p.version,
    codec: p.events,
    handles: new Set(table.keys()),
    handledTypes: [...table.keys()],
    keyOf,
    onFailure: p.onFailure,
    apply: async (tx, batch) => {
      const groups = p.order === 'key' ? groupByKey(batch, keyOf) : groupByLog(batch);
      for (const group of groups) await table.get(group.type)?.(tx as Transaction<DB>, group.events);
    },
  };
};
