import { expect, it } from '@jest/globals';
import { allEvents } from '../contracts/events/catalog-of-events.js';
import { eventSamples } from '../contracts/testing/event-samples.js';
import { createCodec } from './codec.js';
import { createTape } from './consumers/testing/tape.js';
import { decodeOnce } from './decode-once.js';

it('parses each stored event once, and remembers also what cannot be read', () => {
  const codec = createCodec(allEvents);
  let asked = 0;
  const once = decodeOnce({
    ...codec,
    decode: (stored) => {
      asked += 1;
      return codec.decode(stored);
    },
  });
  const tape = createTape();
  const read = tape.record('s', 'SeatsHeld', eventSamples.SeatsHeld);
  const odd = tape.record('s', 'SeatsHeld', {});
  const same = tape.record('s', 'SeatsHeld', eventSamples.SeatsHeld);
  expect(once.decode(read)).toEqual(codec.decode(read));
  expect(once.decode(read)).toBe(once.decode(read));
  expect([once.decode(odd).kind, once.decode(odd).kind, once.decode(same).kind]).toEqual(['invalid', 'invalid', 'event']);
  expect(asked).toBe(3);
  expect(once.types).toBe(codec.types);
});
