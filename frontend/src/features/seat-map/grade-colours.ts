const COLOURS = 6;

/** The CSS variable of each grade's colour, by price, dearest first; past six grades colours come round again. */
export const gradeColours = (gradesByPrice: readonly string[]): Map<string, string> =>
  new Map(gradesByPrice.map((grade, rank) => [grade, `--grade-${(rank % COLOURS) + 1}`]));
