import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { drawnHall } from '../../testing/drawn-hall.js';
import { chooseSeats } from './choose-seats.js';

const runs = { numRuns: process.env.TIKETI_DEEP === '1' ? 20_000 : 1500 };

const section = fc.tuple(fc.integer({ min: 1, max: 4 }), fc.integer({ min: 1, max: 7 })).chain(([rows, width]) =>
  fc.array(fc.string({ unit: fc.constantFrom('.', '.', 'x'), minLength: width, maxLength: width }), {
    minLength: rows,
    maxLength: rows,
  }),
);
const hall = fc.array(section, { minLength: 1, maxLength: 3 });
const wish = fc.record({ hall, count: fc.integer({ min: 1, max: 6 }) });

type Drawn = readonly (readonly string[])[];
type Named = { readonly section: number; readonly row: number; readonly seat: number };

/** The drawing once these seats are gone. */
const without = (drawn: Drawn, gone: readonly Named[]): string[][] =>
  drawn.map((rows, s) =>
    rows.map((row, r) =>
      [...row].map((at, c) => (gone.some((g) => g.section === s && g.row === r && g.seat === c) ? 'x' : at)).join(''),
    ),
  );

/** Free seats with nobody to sit beside. */
const lonely = (drawn: Drawn): number =>
  drawn.flat().reduce((sum, row) => sum + row.split('x').filter((run) => run === '.').length, 0);

/** Seats alone after a choice that were not alone before; those that were and are taken by it are none. */
const orphansOf = (drawn: Drawn, chosen: readonly Named[]): number => {
  const takenLonely = chosen.filter(({ section: s, row, seat }) => {
    const line = drawn[s]?.[row] ?? '';
    return line[seat - 1] !== '.' && line[seat + 1] !== '.';
  }).length;
  return lonely(without(drawn, chosen)) - lonely(drawn) + takenLonely;
};

/** Every way to sit side by side, found by trying each seat of the drawing. */
const everyBlock = (drawn: Drawn, count: number): Named[][] =>
  drawn.flatMap((rows, s) =>
    rows.flatMap((line, row) =>
      [...line].flatMap((_, from) =>
        line.slice(from, from + count) === '.'.repeat(count)
          ? [Array.from({ length: count }, (__, n) => ({ section: s, row, seat: from + n }))]
          : [],
      ),
    ),
  );

const chosenOf = (drawn: Drawn, count: number): Named[] | undefined => {
  const { sections, isFree, nameOf } = drawnHall(drawn);
  return chooseSeats(sections, isFree, count)?.map((seat) => {
    const [name = '', row, at] = nameOf(seat).split('-');
    return { section: name.charCodeAt(0) - 65, row: Number(row) - 1, seat: Number(at) - 1 };
  });
};

/** From the front centre of the section, squared; a row counts for two seats. */
const distance = (drawn: Drawn, block: readonly Named[]): number => {
  const middle = block.reduce((sum, { seat }) => sum + seat, 0) / block.length;
  const width = drawn[block[0]?.section ?? 0]?.[0]?.length ?? 0;
  return (middle - (width - 1) / 2) ** 2 + (2 * (block[0]?.row ?? 0)) ** 2;
};

const freeIn = (rows: readonly string[]): number[] => rows.map((row) => row.replaceAll('x', '').length);

/** The fewest rows of one section with so many free seats, by trying every set of its rows. */
const fewestRows = (rows: readonly string[], count: number): number => {
  const free = freeIn(rows);
  let fewest = Number.POSITIVE_INFINITY;
  for (let set = 1; set < 2 ** rows.length; set += 1) {
    const used = free.filter((_, row) => (set >> row) % 2 === 1);
    if (used.reduce((sum, n) => sum + n, 0) >= count) fewest = Math.min(fewest, used.length);
  }
  return fewest;
};

describe('the best seats of any hall', () => {
  it('are so many different free seats, or none where fewer are free', () =>
    fc.assert(
      fc.property(wish, ({ hall: drawn, count }) => {
        const chosen = chosenOf(drawn, count);
        const free = drawn.flatMap(freeIn).reduce((sum, n) => sum + n, 0);
        if (free < count) return expect(chosen).toBeUndefined();
        expect(new Set(chosen?.map((seat) => JSON.stringify(seat))).size).toBe(count);
        for (const { section: s, row, seat } of chosen ?? []) expect(drawn[s]?.[row]?.[seat]).toBe('.');
      }),
      runs,
    ));

  it('are side by side where that can be, without an orphan where that can be, and then the nearest', () =>
    fc.assert(
      fc.property(wish, ({ hall: drawn, count }) => {
        const blocks = everyBlock(drawn, count);
        fc.pre(blocks.length > 0);
        const chosen = chosenOf(drawn, count) ?? [];
        expect(blocks).toContainEqual(chosen);
        const tidy = blocks.filter((block) => orphansOf(drawn, block) === 0);
        if (tidy.length > 0) expect(orphansOf(drawn, chosen)).toBe(0);
        const equals = tidy.length > 0 ? tidy : blocks;
        const first = Math.min(...equals.map(([seat]) => seat?.section ?? 0));
        expect(chosen[0]?.section).toBe(first);
        const near = equals.filter(([seat]) => seat?.section === first).map((block) => distance(drawn, block));
        expect(distance(drawn, chosen)).toBe(Math.min(...near));
      }),
      runs,
    ));

  it('are in one section and the fewest of its rows where they have to part', () =>
    fc.assert(
      fc.property(wish, ({ hall: drawn, count }) => {
        fc.pre(everyBlock(drawn, count).length === 0);
        const fewest = Math.min(...drawn.map((rows) => fewestRows(rows, count)));
        fc.pre(Number.isFinite(fewest));
        const chosen = chosenOf(drawn, count) ?? [];
        expect(new Set(chosen.map(({ section: s }) => s)).size).toBe(1);
        expect(new Set(chosen.map(({ row }) => row)).size).toBe(fewest);
      }),
      runs,
    ));
});
