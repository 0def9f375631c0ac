export type Scarcity = 'plenty' | 'few' | 'none';

const FEW = 0.1;

/** How urgent what is left is: `few` from a tenth of the house downwards. */
export const scarcityOf = (available: number, total: number): Scarcity => {
  if (available <= 0) return 'none';
  return available <= total * FEW ? 'few' : 'plenty';
};

/** Share of seats still to be had, 0 to 100; a last few seats never round down to nothing. */
export const percentLeft = (available: number, total: number): number => {
  if (total <= 0 || available <= 0) return 0;
  return Math.min(100, Math.max(1, Math.round((available / total) * 100)));
};
