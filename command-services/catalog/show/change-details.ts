import { isDeepStrictEqual } from 'node:util';
import type { ShowDetails, ShowEvent } from '@tiketi/shared-kernel/contracts/events/show.js';
import type { ShowId, UserId } from '@tiketi/shared-kernel/contracts/ids.js';
import type { Instant } from '@tiketi/shared-kernel/contracts/time.js';
import type { Decision } from '@tiketi/shared-kernel/event-sourcing/decider.js';
import { isPosterAddress } from './poster.js';
import type { Show } from './show.js';

export type ChangeDetails = {
  readonly showId: ShowId;
  readonly details: ShowDetails;
  readonly by: UserId;
  readonly now: Instant;
};

export type ChangeDetailsRefusal = 'SHOW_NOT_FOUND' | 'SHOW_CANCELLED' | 'POSTER_ADDRESS_INVALID';

/** Replaces all that a show says of itself; terms and performances stay. */
export const changeDetails =
  (command: ChangeDetails) =>
  (state: Show): Decision<ShowEvent, ChangeDetailsRefusal> => {
    const { showId, details } = command;
    if (state.status === 'unannounced') return { refused: 'SHOW_NOT_FOUND' };
    if (state.status === 'cancelled') return { refused: 'SHOW_CANCELLED' };
    if (isDeepStrictEqual(state.details, details)) return { accepted: [] };
    if (!isPosterAddress(details.posterImageUrl)) return { refused: 'POSTER_ADDRESS_INVALID' };
    const data = { showId, details, changedBy: command.by, changedAt: command.now };
    return { accepted: [{ type: 'ShowDetailsChanged', data }] };
  };
