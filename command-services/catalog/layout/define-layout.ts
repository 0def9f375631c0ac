import { isDeepStrictEqual } from 'node:util';
import type { LayoutEvent, LayoutSection } from '@tiketi/shared-kernel/contracts/events/layout.js';
import type { LayoutId, UserId } from '@tiketi/shared-kernel/contracts/ids.js';
import type { Instant } from '@tiketi/shared-kernel/contracts/time.js';
import type { Decision } from '@tiketi/shared-kernel/event-sourcing/decider.js';
import type { Layout } from './layout.js';

/** R-EVENT: free-form geometry up to 50,000 seats. */
const MOST_SEATS = 50_000;

export type DefineLayout = {
  readonly layoutId: LayoutId;
  readonly name: string;
  readonly description: string;
  readonly sections: readonly LayoutSection[];
  readonly by: UserId;
  readonly now: Instant;
};

export type DefineLayoutRefusal = 'LAYOUT_TOO_LARGE' | 'SECTION_NAMED_TWICE' | 'IDEMPOTENCY_KEY_REUSED';

/** Seat ids are built from section names, so no two sections may share one. */
export const defineLayout =
  (command: DefineLayout) =>
  (state: Layout): Decision<LayoutEvent, DefineLayoutRefusal> => {
    const { layoutId, name, description, sections } = command;
    if (state.status === 'defined') {
      const asked: Layout = { status: 'defined', id: layoutId, name, description, sections };
      return isDeepStrictEqual(state, asked) ? { accepted: [] } : { refused: 'IDEMPOTENCY_KEY_REUSED' };
    }
    if (new Set(sections.map(({ section }) => section)).size < sections.length) return { refused: 'SECTION_NAMED_TWICE' };
    const totalSeats = sections.reduce((sum, { rows, seatsPerRow }) => sum + rows * seatsPerRow, 0);
    if (totalSeats > MOST_SEATS) return { refused: 'LAYOUT_TOO_LARGE' };
    const data = {
      layoutId,
      name,
      description,
      sections: [...sections],
      totalSeats,
      definedBy: command.by,
      definedAt: command.now,
    };
    return { accepted: [{ type: 'SeatLayoutDefined', data }] };
  };
