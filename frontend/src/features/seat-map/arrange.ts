import type { SeatMap } from '@tiketi/shared-kernel/contracts/http/shows.js';

type Section = SeatMap['sections'][number];
type Shelf = readonly Section[];

/** A section placed on the plan; `x`, `y` the upper left corner of its first seat in seat pitches, `row` the rows of sections before it. */
export type Block = { section: Section; row: number; x: number; y: number };
/** Lengths in seat pitches, without the section names, which are as high on a phone as on a wall; one line a row. */
export type Plan = { blocks: Block[]; rows: number; width: number; height: number };

const AISLE = 2;
/** How much better a plan must fit before rows may mix grades. */
const MIXED = 0.4;

const widthOf = (shelf: Shelf): number => shelf.reduce((sum, { seatsPerRow }) => sum + AISLE + seatsPerRow, -AISLE);

const tiersOf = (sections: Shelf): Section[][] => {
  const tiers: Section[][] = [];
  for (const section of sections) {
    const tier = tiers.at(-1);
    if (tier?.[0]?.grade === section.grade) tier.push(section);
    else tiers.push([section]);
  }
  return tiers;
};

/** Breaks a run of sections into as few shelves as the limit allows, about equally long. */
const shelvesOf = (run: Shelf, limit: number): Shelf[] => {
  for (let count = Math.max(1, Math.ceil(widthOf(run) / limit)); count < run.length; count += 1) {
    const shelves = Array.from({ length: count }, (_, n) =>
      run.slice(Math.round((n * run.length) / count), Math.round(((n + 1) * run.length) / count)),
    );
    if (shelves.every((shelf) => widthOf(shelf) <= limit)) return shelves;
  }
  return run.map((section) => [section]);
};

const planOf = (shelves: readonly Shelf[]): Plan => {
  const width = Math.max(...shelves.map(widthOf));
  const blocks: Block[] = [];
  let y = 0;
  for (const [row, shelf] of shelves.entries()) {
    let x = (width - widthOf(shelf)) / 2;
    for (const section of shelf) {
      blocks.push({ section, row, x, y });
      x += section.seatsPerRow + AISLE;
    }
    y += Math.max(...shelf.map(({ rows }) => rows)) + AISLE;
  }
  return { blocks, rows: shelves.length, width, height: y - AISLE };
};

/**
 * Places the sections in rows from the stage backwards, in their order, each row centred and a new grade on a new row where
 * that fits; of all ways to break the rows the one whose width to height comes nearest to `aspect`. The contract knows no
 * other geometry. `sections` must hold at least one.
 */
export const arrange = (sections: Shelf, aspect: number): Plan => {
  const widest = Math.max(...sections.map(({ seatsPerRow }) => seatsPerRow));
  const limits = [...new Set(sections.map((_, last) => widthOf(sections.slice(0, last + 1))))].filter((limit) => limit >= widest);
  const tiers = tiersOf(sections);
  const candidates = limits.flatMap((limit) => [
    { plan: planOf(tiers.flatMap((tier) => shelvesOf(tier, limit))), penalty: 0 },
    { plan: planOf(shelvesOf(sections, limit)), penalty: MIXED },
  ]);
  const misfit = ({ plan, penalty }: { plan: Plan; penalty: number }): number =>
    Math.abs(Math.log(plan.width / plan.height / aspect)) + penalty;
  return candidates.reduce((best, candidate) => (misfit(candidate) < misfit(best) ? candidate : best)).plan;
};
