import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { arrange, type Plan } from './arrange.js';

const section = (rows: number, seatsPerRow: number, grade = 'R') => ({
  section: 'A',
  rows,
  seatsPerRow,
  grade,
  price: 1,
  firstIndex: 0,
});

const overlaps = ({ blocks }: Plan): boolean =>
  blocks.some((a, index) =>
    blocks
      .slice(index + 1)
      .some(
        (b) =>
          a.x < b.x + b.section.seatsPerRow &&
          b.x < a.x + a.section.seatsPerRow &&
          a.y < b.y + b.section.rows &&
          b.y < a.y + a.section.rows,
      ),
  );

const sections = fc.array(
  fc.record({
    rows: fc.integer({ min: 1, max: 40 }),
    seats: fc.integer({ min: 1, max: 60 }),
    grade: fc.constantFrom('VIP', 'R', 'S'),
  }),
  { minLength: 1, maxLength: 40 },
);

describe('the plan of a hall', () => {
  it('keeps every section, in order, within bounds and clear of the others', () => {
    fc.assert(
      fc.property(sections, fc.double({ min: 0.5, max: 3, noNaN: true }), (given, aspect) => {
        const wanted = given.map(({ rows, seats, grade }) => section(rows, seats, grade));
        const plan = arrange(wanted, aspect);
        expect(plan.blocks.map((block) => block.section)).toEqual(wanted);
        expect(
          plan.blocks.every(
            ({ x, y, section: { rows, seatsPerRow } }) =>
              x >= 0 && y >= 0 && x + seatsPerRow <= plan.width && y + rows <= plan.height,
          ),
        ).toBe(true);
        expect(overlaps(plan)).toBe(false);
      }),
    );
  });

  it('is wider on a wide screen than on a narrow one', () => {
    const hall = Array.from({ length: 12 }, () => section(10, 20));
    const [wide, narrow] = [arrange(hall, 2.5), arrange(hall, 0.6)];
    expect(wide.width / wide.height).toBeGreaterThan(narrow.width / narrow.height);
  });

  it('begins a grade on a row of its own where that fits', () => {
    const hall = [
      ...Array.from({ length: 4 }, () => section(10, 20, 'VIP')),
      ...Array.from({ length: 6 }, () => section(10, 20, 'R')),
    ];
    const { blocks } = arrange(hall, 1.7);
    const rowsOf = (grade: string) => new Set(blocks.filter((block) => block.section.grade === grade).map(({ y }) => y));
    expect([...rowsOf('VIP')].filter((y) => rowsOf('R').has(y))).toEqual([]);
  });
});
