import { describe, expect, it } from '@jest/globals';
import { allEvents } from '../contracts/events/catalog-of-events.js';
import type { EventDefinition } from '../contracts/events/definition.js';
import { eventSamples } from '../contracts/testing/event-samples.js';
import { version1, version1AsVersion2 } from '../contracts/testing/event-version-1.js';
import { createCodec } from './codec.js';
import type { StoredEvent } from './event-store/port.js';
import { context } from './testing/seats.js';
import { prepareEvents } from './to-append.js';

const codec = createCodec(allEvents);
const definitions: Readonly<Record<string, EventDefinition>> = allEvents;

/** As the store gives it back: everything has been through JSON. */
const stored = (type: string, data: unknown, version = codec.versionOf(type)): StoredEvent => {
  const [event] = prepareEvents([{ type, data }], { versionOf: () => version }, context('c'));
  if (event === undefined) throw new Error('nothing prepared');
  const through = JSON.parse(JSON.stringify({ data: event.data, metadata: event.metadata }));
  const place = { stream: 's', revision: 0n, position: { commit: 1n, prepare: 1n }, recordedAt: new Date(0) };
  return { ...event, ...through, ...place };
};

const dataOf = (event: StoredEvent): unknown => {
  const decoded = codec.decode(event);
  return decoded.kind === 'event' ? decoded.event.data : decoded;
};

describe('every event', () => {
  it.each(Object.entries(eventSamples))('%s is read as it was stored', (type, data) => {
    expect(dataOf(stored(type, data))).toEqual(data);
  });

  it('has a sample', () => expect(Object.keys(eventSamples).sort()).toEqual([...codec.types].sort()));

  it('of an older version has a fixture of its shape then', () => {
    const older = Object.entries(definitions).filter(([, { version }]) => version > 1);
    expect(Object.keys(version1).sort()).toEqual(older.map(([type]) => type).sort());
  });
});

describe('version 1', () => {
  const names = Object.keys(version1) as (keyof typeof version1)[];

  it.each(names)('of %s means the same now', (type) => {
    expect(dataOf(stored(type, version1[type], 1))).toEqual(version1AsVersion2[type]);
  });

  it.each(names)('of %s is not what is stored now', (type) => {
    expect(dataOf(stored(type, version1[type]))).toMatchObject({ kind: 'invalid' });
  });

  it('of a hold without a reservation number cannot be read', () => {
    const { reservationNumber: _, ...broken } = version1.SeatsHeld;
    expect(dataOf(stored('SeatsHeld', broken, 1))).toMatchObject({ kind: 'invalid' });
  });
});
