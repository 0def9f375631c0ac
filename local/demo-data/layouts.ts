export type DemoSection = {
  readonly section: string;
  readonly rows: number;
  readonly seatsPerRow: number;
  readonly grade: string;
};
export type DemoLayout = {
  readonly key: string;
  readonly name: string;
  readonly description: string;
  readonly sections: readonly DemoSection[];
};

const block = (grade: string, rows: number, seatsPerRow: number, ...names: string[]): DemoSection[] =>
  names.map((section) => ({ section, rows, seatsPerRow, grade }));

const numbered = (from: number, to: number): string[] => Array.from({ length: to - from + 1 }, (_, i) => String(from + i));

/** 265 seats. */
const smallTheatre: DemoLayout = {
  key: 'small-theatre',
  name: '반달소극장 / Bandal Small Theatre',
  description: 'One floor and a balcony.',
  sections: [...block('R', 10, 20, 'A'), ...block('S', 5, 13, 'B')],
};

/** 1,250 seats. */
const musicalHall: DemoLayout = {
  key: 'musical-hall',
  name: '은하아트홀 대극장 / Eunha Art Hall',
  description: 'Three floors.',
  sections: [
    ...block('VIP', 10, 10, '1A', '1B', '1C'),
    ...block('R', 15, 10, '1D', '1E', '1F'),
    ...block('S', 10, 15, '2A', '2B'),
    ...block('A', 8, 25, '3A'),
  ],
};

/** 4,900 seats. */
const stadium: DemoLayout = {
  key: 'stadium',
  name: '새빛체육관 / Saebit Arena Court',
  description: 'Four sides around the court.',
  sections: [
    ...block('VIP', 10, 35, 'W1', 'W2'),
    ...block('R', 20, 30, 'E1', 'E2'),
    ...block('S', 25, 30, 'N1', 'N2'),
    ...block('A', 25, 30, 'S1', 'S2'),
  ],
};

/** 15,000 seats. */
const arena: DemoLayout = {
  key: 'arena',
  name: '한울아레나 / Hanul Arena',
  description: 'Floor blocks before the stage, two tiers around them.',
  sections: [
    ...block('VIP', 25, 30, 'F1', 'F2', 'F3', 'F4'),
    ...block('R', 20, 25, ...numbered(101, 106)),
    ...block('S', 20, 25, ...numbered(107, 112)),
    ...block('A', 20, 25, ...numbered(201, 212)),
  ],
};

/** 400 seats; most people stand. */
const lakeside: DemoLayout = {
  key: 'lakeside',
  name: '은빛호수공원 야외무대 / Silver Lake Park Stage',
  description: 'Benches beside an open field.',
  sections: [...block('지정석', 10, 20, 'L', 'R')],
};

export const demoLayouts: readonly DemoLayout[] = [smallTheatre, musicalHall, stadium, arena, lakeside];
