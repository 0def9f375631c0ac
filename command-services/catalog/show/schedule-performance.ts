import { isDeepStrictEqual } from 'node:util';
import type { PricedSection, TicketType } from '@tiketi/shared-kernel/contracts/events/layout.js';
import type { GradePrice, SaleTerms, ShowEvent } from '@tiketi/shared-kernel/contracts/events/show.js';
import type { LayoutId, PerformanceId, ShowId, UserId } from '@tiketi/shared-kernel/contracts/ids.js';
import { type Instant, millisecondsOf } from '@tiketi/shared-kernel/contracts/time.js';
import type { Decision } from '@tiketi/shared-kernel/event-sourcing/decider.js';
import type { Layout } from '../layout/layout.js';
import { type PricingRefusal, priceSections } from './price-sections.js';
import type { Performance, Show } from './show.js';
import { nameTicketTypes, type TicketTypesRefusal, type TicketTypeTerms } from './ticket-types.js';

export type SchedulePerformance = {
  readonly showId: ShowId;
  readonly performanceId: PerformanceId;
  readonly startsAt: Instant;
  /** Null where the performance has no numbered seats. */
  readonly layoutId: LayoutId | null;
  /** As its own stream tells; layouts never change, so it cannot be stale. */
  readonly layout: Layout;
  readonly prices: readonly GradePrice[];
  readonly ticketTypes: readonly TicketTypeTerms[];
  readonly by: UserId;
  readonly now: Instant;
};

export type SchedulePerformanceRefusal =
  | PricingRefusal
  | TicketTypesRefusal
  | 'NOTHING_TO_SELL'
  | 'SHOW_NOT_FOUND'
  | 'SHOW_CANCELLED'
  | 'LAYOUT_NOT_FOUND'
  | 'SALE_WINDOW_INVALID'
  | 'IDEMPOTENCY_KEY_REUSED';

/** Nobody buys a seat once the curtain is up: the sale ends with the show's window or at the start, whichever is first. */
const termsOf = (terms: SaleTerms, startsAt: Instant): SaleTerms =>
  millisecondsOf(startsAt) < millisecondsOf(terms.saleEndAt) ? { ...terms, saleEndAt: startsAt } : terms;

type ForSale = { readonly sections: PricedSection[]; readonly ticketTypes: TicketType[] };

const forSale = (
  command: SchedulePerformance,
): ForSale | { readonly refused: PricingRefusal | TicketTypesRefusal | 'LAYOUT_NOT_FOUND' | 'NOTHING_TO_SELL' } => {
  const { layout, layoutId, prices, performanceId } = command;
  if (layoutId !== null && layout.status === 'undefined') return { refused: 'LAYOUT_NOT_FOUND' };
  const priced = priceSections(layoutId === null || layout.status === 'undefined' ? [] : layout.sections, prices);
  if ('refused' in priced) return priced;
  const named = nameTicketTypes(performanceId, command.ticketTypes);
  if ('refused' in named) return named;
  if (priced.sections.length + named.ticketTypes.length === 0) return { refused: 'NOTHING_TO_SELL' };
  return { ...priced, ...named };
};

const repeated = (known: Performance, command: SchedulePerformance, { sections, ticketTypes }: ForSale): boolean =>
  isDeepStrictEqual(known, { startsAt: command.startsAt, layoutId: command.layoutId, sections, ticketTypes });

/** Seats of a layout, ticket types, or both, under the show's terms of this moment. */
export const schedulePerformance =
  (command: SchedulePerformance) =>
  (state: Show): Decision<ShowEvent, SchedulePerformanceRefusal> => {
    const { showId, performanceId, startsAt, layoutId } = command;
    if (state.status === 'unannounced') return { refused: 'SHOW_NOT_FOUND' };
    const sale = forSale(command);
    if ('refused' in sale) return sale;
    const known = state.performances.get(performanceId);
    if (known !== undefined) {
      return repeated(known, command, sale) ? { accepted: [] } : { refused: 'IDEMPOTENCY_KEY_REUSED' };
    }
    if (state.status === 'cancelled') return { refused: 'SHOW_CANCELLED' };
    if (millisecondsOf(startsAt) <= millisecondsOf(state.terms.saleStartAt)) return { refused: 'SALE_WINDOW_INVALID' };
    const terms = termsOf(state.terms, startsAt);
    const data = {
      showId,
      performanceId,
      startsAt,
      layoutId,
      ...sale,
      terms,
      scheduledBy: command.by,
      scheduledAt: command.now,
    };
    return { accepted: [{ type: 'PerformanceScheduled', data }] };
  };
