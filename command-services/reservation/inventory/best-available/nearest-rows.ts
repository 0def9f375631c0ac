/** How many free seats a row has; `depth` 0 is the front. */
export type RowCount = { readonly depth: number; readonly free: number };

/** How many seats the so many fullest rows have together; `rowsWith[n]` is the number of rows with n free seats. */
const seatsInFullest = (rowsWith: readonly number[], rows: number): number => {
  let left = rows;
  let seats = 0;
  for (let free = rowsWith.length - 1; free > 0 && left > 0; free -= 1) {
    const here = Math.min(left, rowsWith[free] ?? 0);
    seats += here * free;
    left -= here;
  }
  return seats;
};

const fewestRows = (rowsWith: readonly number[], count: number): number => {
  let rows = 1;
  while (seatsInFullest(rowsWith, rows) < count) rows += 1;
  return rows;
};

/**
 * The fewest rows that have `count` free seats together, and of those the ones that lie nearest to each other, then nearest to the front.
 * `rows` are front to back and have enough; `span` is how many rows the answer stretches over.
 */
export const nearestRows = (
  rows: readonly RowCount[],
  count: number,
): { readonly rows: readonly RowCount[]; readonly span: number } => {
  const capped = (row: RowCount): number => Math.min(row.free, count);
  const rowsWith = new Array<number>(count + 1).fill(0);
  const change = (row: RowCount, by: 1 | -1): void => {
    rowsWith[capped(row)] = (rowsWith[capped(row)] ?? 0) + by;
  };
  for (const row of rows) change(row, 1);
  const wanted = fewestRows(rowsWith, count);

  let nearest: { readonly from: number; readonly to: number; readonly span: number } | undefined;
  rowsWith.fill(0);
  let from = 0;
  for (const [to, back] of rows.entries()) {
    change(back, 1);
    for (let front = rows[from]; front !== undefined && seatsInFullest(rowsWith, wanted) >= count; front = rows[from]) {
      const span = back.depth - front.depth + 1;
      if (nearest === undefined || span < nearest.span) nearest = { from, to, span };
      change(front, -1);
      from += 1;
    }
  }
  if (nearest === undefined) throw new RangeError(`these rows have fewer than ${count} free seats`);
  const fullest = rows.slice(nearest.from, nearest.to + 1).sort((a, b) => capped(b) - capped(a) || a.depth - b.depth);
  return { rows: fullest.slice(0, wanted).sort((a, b) => a.depth - b.depth), span: nearest.span };
};
