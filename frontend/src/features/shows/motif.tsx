import type { ShowCategory } from '@tiketi/shared-kernel/contracts/events/show.js';
import type { ReactElement } from 'react';

const range = (count: number): number[] => Array.from({ length: count }, (_, index) => index);

const MOTIFS: Record<ShowCategory, (seed: number) => ReactElement[]> = {
  concert: (seed) =>
    range(7).map((n) => {
      const from = 40 + n * 53;
      const to = from + (((seed >> n) & 7) - 3.5) * 44;
      return <path key={n} d={`M${from} -10L${to - 26} 240H${to + 26}Z`} opacity={0.1 + (n % 3) * 0.05} />;
    }),
  musical: (seed) =>
    range(9).map((n) => (
      <ellipse
        key={n}
        cx={n * 50}
        cy={-20}
        rx={34}
        ry={130 + Math.abs(n - 4) * 26 + (seed % 20)}
        opacity={0.08 + (n % 2) * 0.07}
      />
    )),
  theatre: (seed) =>
    range(4).map((n) => <circle key={n} cx={290 - (seed % 60)} cy={70} r={34 + n * 42} opacity={0.16 - n * 0.03} />),
  sports: (seed) =>
    range(6).map((n) => (
      <path
        key={n}
        d={`M${-60 + n * 84 + (seed % 40)} 240L${40 + n * 84 + (seed % 40)} -10h34L${-26 + n * 84 + (seed % 40)} 240Z`}
        opacity={0.06 + n * 0.02}
      />
    )),
  festival: (seed) =>
    range(26).map((n) => (
      <circle
        key={n}
        cx={(n * 97 + seed) % 400}
        cy={(n * 53 + (seed >> 3)) % 150}
        r={4 + ((n * 7 + seed) % 15)}
        opacity={0.1 + (n % 4) * 0.05}
      />
    )),
  other: (seed) =>
    range(5).map((n) => (
      <rect key={n} x={220 - n * 46 + (seed % 30)} y={-30 + n * 22} width={220} height={18} rx={9} opacity={0.08 + n * 0.03} />
    )),
};

/** White shapes over a poster's colours, one kind for each kind of show. */
export const Motif = ({ category, seed }: { category: ShowCategory; seed: number }) => (
  <svg
    viewBox="0 0 400 225"
    preserveAspectRatio="xMidYMid slice"
    fill="#fff"
    aria-hidden="true"
    className="absolute inset-0 size-full"
  >
    {MOTIFS[category](seed)}
  </svg>
);
