import { isDeepStrictEqual } from 'node:util';
import type { SaleTerms, ShowDetails, ShowEvent } from '@tiketi/shared-kernel/contracts/events/show.js';
import type { ShowId, UserId } from '@tiketi/shared-kernel/contracts/ids.js';
import { type Instant, millisecondsOf } from '@tiketi/shared-kernel/contracts/time.js';
import type { Decision } from '@tiketi/shared-kernel/event-sourcing/decider.js';
import { isPosterAddress } from './poster.js';
import type { Show } from './show.js';

export type CreateShow = {
  readonly showId: ShowId;
  readonly details: ShowDetails;
  readonly terms: SaleTerms;
  readonly by: UserId;
  readonly now: Instant;
};

export type CreateShowRefusal =
  | 'SALE_WINDOW_INVALID'
  | 'SEAT_LIMITS_INVALID'
  | 'POSTER_ADDRESS_INVALID'
  | 'IDEMPOTENCY_KEY_REUSED';

export const createShow =
  (command: CreateShow) =>
  (state: Show): Decision<ShowEvent, CreateShowRefusal> => {
    const { showId, details, terms } = command;
    if (state.status !== 'unannounced') {
      const same = isDeepStrictEqual(state.createdAs, { details, terms });
      return same ? { accepted: [] } : { refused: 'IDEMPOTENCY_KEY_REUSED' };
    }
    if (millisecondsOf(terms.saleStartAt) >= millisecondsOf(terms.saleEndAt)) return { refused: 'SALE_WINDOW_INVALID' };
    if (terms.maxSeatsPerReservation > terms.maxSeatsPerBuyer) return { refused: 'SEAT_LIMITS_INVALID' };
    if (!isPosterAddress(details.posterImageUrl)) return { refused: 'POSTER_ADDRESS_INVALID' };
    const data = { showId, details, terms, createdBy: command.by, createdAt: command.now };
    return { accepted: [{ type: 'ShowCreated', data }] };
  };
