import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { canonicalJson } from './canonical-json.js';
import { eventId } from './event-ids.js';
import { context } from './testing/seats.js';
import { prepareEvents } from './to-append.js';

describe('canonical JSON', () => {
  it('has one text for equal data, whatever the order of its keys', () => {
    expect(canonicalJson({ b: [1, { d: '좌석', c: null }], a: undefined })).toBe('{"b":[1,{"c":null,"d":"좌석"}]}');
  });

  it('reads back as what JSON makes of the value', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(JSON.parse(canonicalJson(value))).toEqual(JSON.parse(JSON.stringify(value)));
      }),
    );
  });

  it.each([[undefined], [() => 1], [{ amount: 1n }]])('refuses what has no JSON form: %p', (value) => {
    expect(() => canonicalJson(value)).toThrow(TypeError);
  });
});

describe('event ids', () => {
  it('stay the same for ever: stored ones are compared with them', () => {
    expect(eventId('hold-1', 0, 'SeatTaken', { seat: 'A-1-1', by: 'me' })).toBe('25c5c8cc-8887-53d8-be24-879909be4709');
  });

  it('do not depend on the order of keys', () => {
    expect(eventId('c', 0, 'T', { a: 1, b: 2 })).toBe(eventId('c', 0, 'T', { b: 2, a: 1 }));
  });

  it('differ by command, index, type and content', () => {
    const ids = [
      eventId('c', 0, 'T', { a: 1 }),
      eventId('d', 0, 'T', { a: 1 }),
      eventId('c', 1, 'T', { a: 1 }),
      eventId('c', 0, 'U', { a: 1 }),
      eventId('c', 0, 'T', { a: 2 }),
      eventId('c","0', 0, 'T', { a: 1 }),
    ];
    expect(new Set(ids).size).toBe(ids.length);
  });
});

describe('prepared events', () => {
  it('carry who asked and why, and the version they are stored with', () => {
    const events = [
      { type: 'A', data: { n: 1 } },
      { type: 'B', data: { n: 2 } },
    ];
    const prepared = prepareEvents(
      events,
      { versionOf: (type) => (type === 'A' ? 1 : 3) },
      { ...context('c-1'), fingerprint: 'f' },
    );
    expect(prepared.map(({ type, data }) => ({ type, data }))).toEqual(events);
    expect(prepared.map(({ id }) => id)).toEqual([eventId('c-1', 0, 'A', { n: 1 }), eventId('c-1', 1, 'B', { n: 2 })]);
    expect(prepared[1]?.metadata).toEqual({
      $correlationId: 'correlation-c-1',
      $causationId: 'c-1',
      commandId: 'c-1',
      actor: { id: 'tester', role: 'buyer' },
      schemaVersion: 3,
      fingerprint: 'f',
    });
  });
});
