import { describe, expect, it } from '@jest/globals';
import { plainMetadata } from '@tiketi/shared-kernel/event-sourcing/consumers/testing/tape.js';
import fc from 'fast-check';
import { history, performanceId, reservationId, sections, ticketType } from '../testing/history.js';
import { placeColumns, untouched } from './places.js';
import { allAvailable, seatAt } from './seat-bits.js';
import { changeSeats, countsOf, type Holding, type SeatEvent, type SeatRow } from './seat-changes.js';
import { createSeatIndex } from './seat-index.js';

const SEATS = ['A-1-1', 'A-1-2', 'A-1-3', 'A-2-1', 'A-2-2', 'A-2-3', '나-1-1', '나-1-2'];
const STOCK = 500;
const performance = performanceId('p');

const emptyRow = (): SeatRow => ({
  id: performance,
  totalSeats: SEATS.length,
  indexOf: createSeatIndex(sections),
  bits: allAvailable(SEATS.length),
  stock: untouched([ticketType('floor', STOCK)]),
  revision: 0n,
});

type Step = { readonly seat: number; readonly places: number; readonly act: 'hold' | 'sell' | 'release' | 'block' | 'unblock' };
type Known = { readonly reservation: string; readonly state: 'held' | 'sold'; readonly places: number } | 'blocked';

/** A history an inventory could have written: free seats held or blocked, held ones sold or released, sold ones released. */
const historyOf = (steps: readonly Step[]) => {
  const events: SeatEvent[] = [];
  const model = new Map<number, Known>();
  for (const { seat, places, act } of steps) {
    const known = model.get(seat);
    const revision = BigInt(events.length + 1);
    const recorded = {
      id: '',
      position: { commit: revision, prepare: revision },
      metadata: plainMetadata(),
      recordedAt: new Date(0),
      revision,
    };
    const id = SEATS[seat] ?? '';
    if (act === 'hold' && known === undefined) {
      const name = `r${events.length}`;
      const wanted: Record<string, number> = places > 0 ? { floor: places } : {};
      events.push({ ...history.held('s', 'p', name, 'kim', [id], undefined, wanted), ...recorded });
      model.set(seat, { reservation: name, state: 'held', places });
    } else if (act === 'block' && known === undefined) {
      events.push({ ...history.blocked('p', [id]), ...recorded });
      model.set(seat, 'blocked');
    } else if (act === 'unblock' && known === 'blocked') {
      events.push({ ...history.unblocked('p', [id]), ...recorded });
      model.delete(seat);
    } else if (known === undefined || known === 'blocked') continue;
    else if (act === 'sell' && known.state === 'held') {
      events.push({ ...history.sold('p', known.reservation), ...recorded });
      model.set(seat, { ...known, state: 'sold' });
    } else if (act === 'release') {
      const reason = known.state === 'sold' ? 'refunded' : 'expired';
      events.push({ ...history.released('p', known.reservation, reason), ...recorded });
      model.delete(seat);
    }
  }
  return { events, model };
};

const steps = fc.array(
  fc.record({
    seat: fc.nat(SEATS.length - 1),
    places: fc.nat(4),
    act: fc.constantFrom<Step['act']>('hold', 'sell', 'release', 'block', 'unblock'),
  }),
  { maxLength: 60 },
);

const bitOf = (known: Known | undefined): number => {
  if (known === undefined) return 0;
  return known === 'blocked' ? 3 : { held: 1, sold: 2 }[known.state];
};

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
          const stored = new Map<string, Holding>();
          let from = 0;
          for (let i = 0; from < events.length; i += 1) {
            const batch = events.slice(from, from + (sizes[i % sizes.length] ?? 1));
            for (let times = 0; times < (again ? 2 : 1); times += 1) {
              const { kept, freed } = changeSeats(batch, new Map([[performance, row]]), new Map(stored));
              for (const [id, holding] of kept) stored.set(id, holding);
              for (const id of freed) stored.delete(id);
            }
            from += batch.length;
          }
          const booked = [...model.values()].filter((known) => known !== 'blocked');
          expect(SEATS.map((_, index) => seatAt(row.bits, index))).toEqual(SEATS.map((_, index) => bitOf(model.get(index))));
          expect([...stored.keys()].sort()).toEqual(booked.map(({ reservation }) => reservationId(reservation)).sort());
          const places = (wanted: 'held' | 'sold') =>
            booked.reduce((sum, { state, places: count }) => sum + (state === wanted ? count : 0), 0);
          expect(row.stock).toEqual([{ ...ticketType('floor', STOCK), held: places('held'), sold: places('sold') }]);
          expect(placeColumns(row.stock).available_places).toBe(STOCK - places('held') - places('sold'));
          const { available, held, sold, blocked } = countsOf(row);
          expect(available + held + sold + blocked).toBe(SEATS.length);
          expect(row.revision).toBe(BigInt(events.length));
        },
      ),
      { numRuns: process.env.TIKETI_DEEP === '1' ? 5000 : 200 },
    );
  });
});
