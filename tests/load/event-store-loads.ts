import { randomUUID } from 'node:crypto';
import { type AppendToStreamOptions, type EventStoreDBClient, jsonEvent, streamNameFilter } from '@eventstore/db-client';
import { CommandId } from '@tiketi/shared-kernel/contracts/ids.js';
import type { EventStore } from '@tiketi/shared-kernel/event-sourcing/event-store/port.js';
import type { EventMetadata } from '@tiketi/shared-kernel/event-sourcing/metadata.js';
import { closedLoop, type Sample } from './pace.js';

/** About the size of a seat hold with its metadata: 600 bytes of JSON. */
export const EVENT_DATA = { reservationId: 'r-7f9c6f0e', seats: ['A-1-1', 'A-1-2'], note: 'x'.repeat(530) };
export const STREAMS = 100;

export type Acknowledged = Map<string, { readonly stream: string; readonly revision: bigint }>;
export type Load = { readonly samples: readonly Sample[]; readonly events: number; readonly seconds: number };

const anEvent = () => jsonEvent({ id: randomUUID(), type: 'Benched', data: EVENT_DATA });
export const BATCH: AppendToStreamOptions = {};
export const UNARY: AppendToStreamOptions = { credentials: { username: 'insecure', password: 'insecure' } };

type Loop = { readonly inFlight: number; readonly seconds: number; readonly prefix: string };

/** Appends of `size` events each over a hundred streams, `inFlight` under way at once; notes what was acknowledged, and where. */
export const appends = async (
  client: EventStoreDBClient,
  way: AppendToStreamOptions,
  size: number,
  { inFlight, seconds, prefix }: Loop,
  acknowledged?: Acknowledged,
): Promise<Load> => {
  let turn = 0;
  const ask = async () => {
    turn += 1;
    const stream = `${prefix}-${turn % STREAMS}`;
    const events = Array.from({ length: size }, anEvent);
    const { nextExpectedRevision } = await client.appendToStream(stream, events, { ...way, expectedRevision: 'any' });
    if (acknowledged !== undefined) {
      const first = nextExpectedRevision - BigInt(size - 1);
      for (const [index, { id }] of events.entries()) acknowledged.set(id, { stream, revision: first + BigInt(index) });
    }
    return 'appended';
  };
  const begun = performance.now();
  const samples = await closedLoop(ask, inFlight, seconds);
  return { samples, events: samples.length * size, seconds: (performance.now() - begun) / 1000 };
};

const METADATA: EventMetadata = {
  $correlationId: 'r-7f9c6f0e',
  $causationId: 'c-7f9c6f0e',
  commandId: CommandId.parse('c-7f9c6f0e'),
  actor: { id: 'bench', role: 'buyer' },
  schemaVersion: 1,
};

/**
 * Appends of one event each through Tiketi's own adapter, `inFlight` under way at once: each to a stream that has no other append under way,
 * at the revision that stream has, as a serial writer does.
 */
export const adapterAppends = async (
  store: EventStore,
  { inFlight, seconds, prefix }: Loop,
  acknowledged: Acknowledged,
): Promise<Load> => {
  const free = Array.from({ length: inFlight }, (_, index) => ({ stream: `${prefix}-${index}`, revision: -1n }));
  const ask = async () => {
    const place = free.pop();
    if (place === undefined) throw new Error('more under way than there are streams');
    const { stream, revision } = place;
    const id = randomUUID();
    const events = [{ id, type: 'Benched', data: EVENT_DATA, metadata: METADATA }];
    const outcome = await store.append({ stream, expected: revision < 0n ? 'no_stream' : revision, events });
    if (outcome.kind !== 'appended') throw new Error(`an append was not stored: ${outcome.kind}`);
    acknowledged.set(id, { stream, revision: outcome.revision });
    free.push({ stream, revision: outcome.revision });
    return 'appended';
  };
  const begun = performance.now();
  const samples = await closedLoop(ask, inFlight, seconds);
  return { samples, events: samples.length, seconds: (performance.now() - begun) / 1000 };
};

/** Events a second of what a source yields, from its first to its `count`-th. */
export const received = async (source: AsyncIterable<unknown>, count: number): Promise<number> => {
  let seen = 0;
  let begun = performance.now();
  for await (const _ of source) {
    if (seen === 0) begun = performance.now();
    seen += 1;
    if (seen === count) break;
  }
  return seen / ((performance.now() - begun) / 1000);
};

/** A subscription from the start to everything under the prefix, until `count` events have come. */
export const catchUp = (client: EventStoreDBClient, prefix: string, count: number): Promise<number> =>
  received(client.subscribeToAll({ filter: streamNameFilter({ prefixes: [prefix] }) }), count);

/**
 * A subscription to what is appended meanwhile by this same program, a hundred events an append; events a second from
 * the first append to the last event's arrival, all of them checked to come.
 */
export const live = async (
  client: EventStoreDBClient,
  inFlight: number,
  seconds: number,
  acknowledged: Acknowledged,
): Promise<number> => {
  const prefix = `live-${randomUUID()}`;
  const subscription = client.subscribeToAll({ fromPosition: 'end', filter: streamNameFilter({ prefixes: [prefix] }) });
  let arrived = 0;
  let expected = Number.POSITIVE_INFINITY;
  const caughtUp = new Promise<void>((resolve) => subscription.once('caughtUp', () => resolve()));
  const following = (async () => {
    for await (const _ of subscription) {
      arrived += 1;
      if (arrived >= expected) return;
    }
  })();
  await caughtUp;
  const begun = performance.now();
  expected = (await appends(client, BATCH, 100, { inFlight, seconds, prefix }, acknowledged)).events;
  // the last may have come before it was known to be the last
  if (arrived >= expected) await subscription.unsubscribe();
  await following;
  return arrived / ((performance.now() - begun) / 1000);
};

/** Reads the whole log back; names what is missing, moved, or out of order. */
export const faultsOf = async (client: EventStoreDBClient, acknowledged: Acknowledged): Promise<string[]> => {
  const faults: string[] = [];
  const missing = new Map(acknowledged);
  const next = new Map<string, bigint>();
  let last = -1n;
  for await (const { event } of client.readAll()) {
    if (event === undefined || event.streamId.startsWith('$')) continue;
    const place = event.position?.commit ?? -1n;
    if (place <= last) faults.push(`position ${place} after ${last}`);
    last = place;
    if (event.revision !== (next.get(event.streamId) ?? 0n)) faults.push(`a gap before ${event.streamId}@${event.revision}`);
    next.set(event.streamId, event.revision + 1n);
    const claimed = missing.get(event.id);
    if (claimed !== undefined && (claimed.stream !== event.streamId || claimed.revision !== event.revision)) {
      faults.push(`${event.id} is not where it was said to be`);
    }
    missing.delete(event.id);
  }
  return [...faults, ...[...missing.keys()].map((id) => `${id} was acknowledged and is not there`)];
};
