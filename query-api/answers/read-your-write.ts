import type { PositionWait } from '@tiketi/shared-kernel/event-sourcing/consumers/position-wait.js';
import type { Response } from 'express';

/** Longer than any healthy projection takes, shorter than a person's patience. */
const PATIENCE_MS = 3000;

/** Waits until the projection has passed the caller's own write; an answer given before that is marked `x-tiketi-stale: true`. */
export const awaitOwnWrite = async (res: Response, wait: PositionWait, position: bigint | undefined): Promise<void> => {
  if (position === undefined) return;
  if ((await wait(position, PATIENCE_MS)) === 'stale') res.setHeader('x-tiketi-stale', 'true');
};
