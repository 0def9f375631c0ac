import { describe, expect, it } from '@jest/globals';
import { divide, toEntry } from './entries.js';
import { noteConsumer } from './testing/notes.js';
import { createTape } from './testing/tape.js';

const consumer = noteConsumer('notes', 'nowhere');
const read = (...events: readonly (readonly [stream: string, data: unknown])[]) => {
  const tape = createTape();
  return events.map(([stream, data]) => toEntry(consumer, tape.record(stream, 'Noted', data)));
};
const good = (key: string, text = 'fine') => [`note-${key}`, { key, text }] as const;

describe('what of a batch goes ahead', () => {
  it('is all of it, as a rule', () => {
    const { apply, park } = divide(read(good('a'), good('b')), new Set());
    expect(apply.map((e) => e.data)).toEqual([
      { key: 'a', text: 'fine' },
      { key: 'b', text: 'fine' },
    ]);
    expect(park).toEqual([]);
  });

  it('is nothing behind a parked key, nor behind an unreadable event of the key in the same batch', () => {
    const { apply, park } = divide(read(good('a'), ['note-b', { key: 'b' }], good('b'), good('c')), new Set(['a']));
    expect(apply.map((e) => e.stream)).toEqual(['note-c']);
    expect(park.map((p) => p.key)).toEqual(['a', 'b', 'b']);
  });

  it('is nothing of a stream behind an event that hides its key, nor of the keys met there', () => {
    const { apply, park } = divide(read(['note-x', null], ['note-x', { key: 'b', text: 'y' }], good('b'), good('c')), new Set());
    expect(apply.map((e) => e.stream)).toEqual(['note-c']);
    expect(park.map((p) => p.key)).toEqual(['stream:note-x', 'b', 'b']);
  });
});
