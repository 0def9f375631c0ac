import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { defineEvent } from '../contracts/events/definition.js';
import { createCodec } from './codec.js';
import type { StoredEvent } from './event-store/port.js';
import { context } from './testing/seats.js';
import { prepareEvents } from './to-append.js';

const codec = createCodec({
  Renamed: defineEvent(3, z.object({ name: z.string(), by: z.string() }), {
    1: (old) => ({ name: old }),
    2: (old) => ({ ...z.object({ name: z.string() }).parse(old), by: 'nobody' }),
  }),
});

const stored = (version: number, data: unknown, type = 'Renamed'): StoredEvent => {
  const [event] = prepareEvents([{ type, data }], { versionOf: () => version }, context('c'));
  if (event === undefined) throw new Error('nothing prepared');
  return { ...event, stream: 's', revision: 0n, position: { commit: 1n, prepare: 1n }, recordedAt: new Date(0) };
};
const dataOf = (event: StoredEvent): unknown => {
  const decoded = codec.decode(event);
  return decoded.kind === 'event' ? decoded.event.data : decoded.kind;
};

describe('the codec', () => {
  it('reads what it stores, with where it stood', () => {
    const event = stored(3, { name: 'n', by: 'me' });
    expect(codec.decode(event)).toEqual({
      kind: 'event',
      event: expect.objectContaining({ ...event, data: { name: 'n', by: 'me' } }),
    });
  });

  it('makes every old shape the newest one', () => {
    expect(dataOf(stored(1, 'old'))).toEqual({ name: 'old', by: 'nobody' });
    expect(dataOf(stored(2, { name: 'old' }))).toEqual({ name: 'old', by: 'nobody' });
  });

  it('names what it cannot read instead of throwing', () => {
    expect(dataOf(stored(3, {}, 'Other'))).toBe('unknownType');
    expect(dataOf(stored(3, { name: 1 }))).toBe('invalid');
    expect(dataOf({ ...stored(2, {}), data: undefined })).toBe('invalid');
    expect(dataOf(stored(4, { name: 'n', by: 'me' }))).toBe('invalid');
    expect(dataOf({ ...stored(3, { name: 'n', by: 'me' }), metadata: undefined })).toBe('invalid');
  });

  it('knows the version new events are stored with, and no type it was not given', () => {
    expect(codec.versionOf('Renamed')).toBe(3);
    expect(() => codec.versionOf('Other')).toThrow('Other');
  });
});
