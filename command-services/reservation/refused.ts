import type { ProblemError } from '@tiketi/shared-kernel/service/problem.js';
import type { InventoryOutcome } from './inventory/inventories.js';
import { problemOf } from './problems.js';

/** The problem of what an inventory refused; it names the seats that are the reason. */
export const refused = ({ refusal, seatIds = [] }: Extract<InventoryOutcome, { kind: 'refused' }>): ProblemError =>
  problemOf(refusal, {
    ...(seatIds.length === 0 ? {} : { errors: seatIds.map((seatId) => ({ path: 'seatIds', message: seatId })) }),
    ...(refusal === 'EntryUnavailable' ? { headers: { 'retry-after': '1' } } : {}),
  });
