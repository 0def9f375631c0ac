import type { ShowEvent } from '@tiketi/shared-kernel/contracts/events/show.js';
import type { ShowId, UserId } from '@tiketi/shared-kernel/contracts/ids.js';
import { type Instant, millisecondsOf } from '@tiketi/shared-kernel/contracts/time.js';
import type { Decision } from '@tiketi/shared-kernel/event-sourcing/decider.js';
import type { Show } from './show.js';

export type CancelShow = { readonly showId: ShowId; readonly by: UserId; readonly now: Instant };

export type CancelShowRefusal = 'SHOW_NOT_FOUND' | 'SHOW_ENDED';

/** Everybody gets their money back, so a show of which no performance is still to come cannot be cancelled any more. */
export const cancelShow =
  ({ showId, by, now }: CancelShow) =>
  (state: Show): Decision<ShowEvent, CancelShowRefusal> => {
    if (state.status === 'unannounced') return { refused: 'SHOW_NOT_FOUND' };
    if (state.status === 'cancelled') return { accepted: [] };
    const starts = [...state.performances.values()].map(({ startsAt }) => millisecondsOf(startsAt));
    if (starts.length > 0 && Math.max(...starts) <= millisecondsOf(now)) return { refused: 'SHOW_ENDED' };
    return { accepted: [{ type: 'ShowCancelled', data: { showId, cancelledBy: by, cancelledAt: now } }] };
  };
