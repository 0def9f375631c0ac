import { describe, expect, it } from '@jest/globals';
import { plainMetadata } from '@tiketi/shared-kernel/event-sourcing/consumers/testing/tape.js';
import fc from 'fast-check';
import { history, performanceId, reservationId, sections } from '../testing/history.js';
import { allAvailable, seatAt } from './seat-bits.js';
import { changeSeats, countsOf, type SeatEvent, type SeatRow } from './seat-changes.js';
import { createSeatIndex } from './seat-index.js';

const SEATS = ['A-1-1', 'A-1-2', 'A-1-3', 'A-2-1', 'A-2-2', 'A-2-3', '나-1-1', '나-1-2'];
const performance = performanceId('p');

const emptyRow = (): SeatRow => ({
  id: performance,
  totalSeats: SEATS.length,
  indexOf: createSeatIndex(sections),
  bits: allAvailable(SEATS.length),
  revision: 0n,
});

type Step = { readonly seat: number; readonly act: 'hold' | 'sell' | 'release' };

/** A history an inventory could have written: free seats held, held ones sold or released, sold ones released. */
const historyOf = (steps: readonly Step[]) => {
  const events: SeatEvent[] = [];
  const model = new Map<number, { reservation: string; state: 'held' | 'sold' }>();
  for (const { seat, act } of steps) {
    const known = model.get(seat);
    const revision = BigInt(events.length + 1);
    const recorded = {
      id: '',
      position: { commit: revision, prepare: revision },
      metadata: plainMetadata(),
      recordedAt: new Date(0),
      revision,
    };
    if (act === 'hold' && known === undefined) {
      const name = `r${events.length}`;
      events.push({ ...history.held('s', 'p', name, 'kim', [SEATS[seat] ?? '']), ...recorded });
      model.set(seat, { reservation: name, state: 'held' });
    } else if (act === 'sell' && known?.state === 'held') {
      events.push({ ...history.sold('p', known.reservation), ...recorded });
      model.set(seat, { ...known, state: 'sold' });
    } else if (act === 'release' && known !== undefined) {
      events.push({ ...history.released('p', known.reservation), ...recorded });
      model.delete(seat);
    }
  }
  return { events, model };
};

const steps = fc.array(
  fc.record({
    seat: fc.nat(SEATS.length - 1),
    act: fc.constantFrom<Step['act']>('hold', 'sell', 'release'),
  }),
  { maxLength: 60 },
);

describe('seat changes', () => {
  it('come to the same however the log is cut into batches, also when batches come again', () => {
    fc.assert(
      fc.property(
        steps,
        fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 20 }),
        fc.boolean(),
        (taken, sizes, again) => {
          const { events, model } = historyOf(taken);
          const row = emptyRow();
          const stored = new Map<string, readonly number[]>();
          let from = 0;
          for (let i = 0; from < events.length; i += 1) {
            const batch = events.slice(from, from + (sizes[i % sizes.length] ?? 1));
            for (let times = 0; times < (again ? 2 : 1); times += 1) {
              const known = new Map(stored);
              const { taken: held, freed } = changeSeats(batch, new Map([[performance, row]]), known);
              for (const [id, { seats }] of held) stored.set(id, seats);
              for (const id of freed) stored.delete(id);
            }
            from += batch.length;
          }
          const expected = SEATS.map((_, index) => ({ held: 1, sold: 2, none: 0 })[model.get(index)?.state ?? 'none']);
          expect(SEATS.map((_, index) => seatAt(row.bits, index))).toEqual(expected);
          expect([...stored.keys()].sort()).toEqual(
            [...model.values()].map(({ reservation }) => reservationId(reservation)).sort(),
          );
          const { available, held, sold } = countsOf(row);
          expect(available + held + sold).toBe(SEATS.length);
          expect(row.revision).toBe(BigInt(events.length));
        },
      ),
      { numRuns: process.env.TIKETI_DEEP === '1' ? 5000 : 200 },
    );
  });
});
