import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Transaction } from 'kysely';
import { z } from 'zod';
import type { TiketiEvent } from '../../contracts/events/catalog-of-events.js';
import { defineEvent } from '../../contracts/events/definition.js';
import { createCodec, type Recorded } from '../codec.js';
import { createTape } from '../consumers/testing/tape.js';
import { defineProjection } from './projection.js';

const events = {
  Opened: defineEvent(1, z.object({ key: z.string(), n: z.int() })),
  Moved: defineEvent(1, z.object({ key: z.string(), n: z.int() })),
  Closed: defineEvent(1, z.object({ key: z.string(), n: z.int() })),
};
type Call = { readonly type: string; readonly keys: string[]; readonly numbers: number[] };

const recordingProjection = (order: 'log' | 'key') => {
  const calls: Call[] = [];
  const note = (type: string) => async (_tx: unknown, batch: readonly { data: { key: string; n: number } }[]) => {
    calls.push({ type, keys: batch.map((e) => e.data.key), numbers: batch.map((e) => e.data.n) });
  };
  const projection = defineProjection<unknown, typeof events>({
    name: 'recording',
    version: 3,
    events: createCodec(events),
    keyOf: (event) => event.data.key,
    handlers: { Opened: note('Opened'), Moved: note('Moved'), Closed: 'ignored' },
    onFailure: 'park',
    order,
  });
  const tape = createTape();
  const play = async (...batch: readonly (readonly [string, string])[]) => {
    const read = batch.map(([type, key], n) => {
      const decoded = projection.codec.decode(tape.record(key, type, { key, n }));
      if (decoded.kind !== 'event') throw new Error(decoded.kind);
      // events of this test only
      return decoded.event as unknown as Recorded<TiketiEvent>;
    });
    // the handlers here touch no database
    await projection.apply({} as unknown as Transaction<unknown>, read);
    return calls;
  };
  return { projection, play };
};

describe('a projection', () => {
  it('is a consumer of what it does not ignore', () => {
    const { projection } = recordingProjection('log');
    expect(projection).toMatchObject({ name: 'recording', version: 3, onFailure: 'park', handledTypes: ['Opened', 'Moved'] });
    expect(projection.handles).toEqual(new Set(['Opened', 'Moved']));
  });

  it('hands neighbours of one type over together, in the order of the log', async () => {
    const calls = await recordingProjection('log').play(['Opened', 'a'], ['Opened', 'b'], ['Moved', 'a'], ['Opened', 'c']);
    expect(calls.map((c) => [c.type, c.keys])).toEqual([
      ['Opened', ['a', 'b']],
      ['Moved', ['a']],
      ['Opened', ['c']],
    ]);
  });

  it('gathers one type across keys where order counts within a key only', async () => {
    const calls = await recordingProjection('key').play(
      ['Opened', 'a'],
      ['Moved', 'a'],
      ['Opened', 'b'],
      ['Moved', 'b'],
      ['Opened', 'a'],
    );
    expect(calls.map((c) => [c.type, c.keys])).toEqual([
      ['Opened', ['a', 'b']],
      ['Moved', ['a', 'b']],
      ['Opened', ['a']],
    ]);
  });

  it('never changes the order within a key, and loses nothing', async () => {
    const one = fc.tuple(fc.constantFrom('Opened', 'Moved'), fc.constantFrom('a', 'b', 'c'));
    await fc.assert(
      fc.asyncProperty(fc.array(one, { maxLength: 40 }), async (batch) => {
        const calls = await recordingProjection('key').play(...batch);
        for (const key of ['a', 'b', 'c']) {
          const got = calls.flatMap((c) => c.numbers.filter((_, i) => c.keys[i] === key));
          expect(got).toEqual(batch.flatMap(([, k], n) => (k === key ? [n] : [])));
        }
      }),
      { numRuns: process.env.TIKETI_DEEP === '1' ? 5_000 : 300 },
    );
  });
});
