import type { Position } from '../event-store/port.js';

/** Where a consumer stands that has seen nothing: before every event of the log. */
export const beginning: Position = { commit: -1n, prepare: -1n };

/** The store's own sentinel for "no position" (2^64−1); a checkpoint there would skip everything still to come. */
const nowhere = 2n ** 64n - 1n;

/** Negative when `a` lies before `b`. */
export const comparePositions = (a: Position, b: Position): number => {
  if (a.commit !== b.commit) return a.commit < b.commit ? -1 : 1;
  if (a.prepare !== b.prepare) return a.prepare < b.prepare ? -1 : 1;
  return 0;
};

export const isAfter = (a: Position, b: Position): boolean => comparePositions(a, b) > 0;

export const isPlace = (position: Position): boolean => position.commit < nowhere && position.prepare < nowhere;

/** Where to subscribe from, exclusively. */
export const subscribeFrom = (position: Position): Position | 'start' => (position.commit < 0n ? 'start' : position);

/** Positions rest as text: they outgrow every integer type of JSON and drivers. */
export type StoredPosition = { readonly commit_position: string; readonly prepare_position: string };

export const parsePosition = (row: StoredPosition): Position => ({
  commit: BigInt(row.commit_position),
  prepare: BigInt(row.prepare_position),
});
