import { isDeepStrictEqual } from 'node:util';
import type { PricedSection } from '@tiketi/shared-kernel/contracts/events/layout.js';
import type { GradePrice, SaleTerms, ShowEvent } from '@tiketi/shared-kernel/contracts/events/show.js';
import type { LayoutId, PerformanceId, ShowId, UserId } from '@tiketi/shared-kernel/contracts/ids.js';
import { type Instant, millisecondsOf } from '@tiketi/shared-kernel/contracts/time.js';
import type { Decision } from '@tiketi/shared-kernel/event-sourcing/decider.js';
import type { Layout } from '../layout/layout.js';
import { type PricingRefusal, priceSections } from './price-sections.js';
import type { Performance, Show } from './show.js';

export type SchedulePerformance = {
  readonly showId: ShowId;
  readonly performanceId: PerformanceId;
  readonly startsAt: Instant;
  readonly layoutId: LayoutId;
  /** As its own stream tells; layouts never change, so it cannot be stale. */
  readonly layout: Layout;
  readonly prices: readonly GradePrice[];
  readonly by: UserId;
  readonly now: Instant;
};

export type SchedulePerformanceRefusal =
  | PricingRefusal
  | 'SHOW_NOT_FOUND'
  | 'SHOW_CANCELLED'
  | 'LAYOUT_NOT_FOUND'
  | 'SALE_WINDOW_INVALID'
  | 'IDEMPOTENCY_KEY_REUSED';

/** Nobody buys a seat once the curtain is up: the sale ends with the show's window or at the start, whichever is first. */
const termsOf = (terms: SaleTerms, startsAt: Instant): SaleTerms =>
  millisecondsOf(startsAt) < millisecondsOf(terms.saleEndAt) ? { ...terms, saleEndAt: startsAt } : terms;

const repeated = (known: Performance, command: SchedulePerformance, sections: readonly PricedSection[]): boolean =>
  isDeepStrictEqual(known, { startsAt: command.startsAt, layoutId: command.layoutId, sections });

export const schedulePerformance =
  (command: SchedulePerformance) =>
  (state: Show): Decision<ShowEvent, SchedulePerformanceRefusal> => {
    const { showId, performanceId, startsAt, layoutId } = command;
    if (state.status === 'unannounced') return { refused: 'SHOW_NOT_FOUND' };
    if (command.layout.status === 'undefined') return { refused: 'LAYOUT_NOT_FOUND' };
    const priced = priceSections(command.layout.sections, command.prices);
    if ('refused' in priced) return priced;
    const known = state.performances.get(performanceId);
    if (known !== undefined) {
      return repeated(known, command, priced.sections) ? { accepted: [] } : { refused: 'IDEMPOTENCY_KEY_REUSED' };
    }
    if (state.status === 'cancelled') return { refused: 'SHOW_CANCELLED' };
    if (millisecondsOf(startsAt) <= millisecondsOf(state.terms.saleStartAt)) return { refused: 'SALE_WINDOW_INVALID' };
    const { sections } = priced;
    const terms = termsOf(state.terms, startsAt);
    const data = {
      showId,
      performanceId,
      startsAt,
      layoutId,
      sections,
      terms,
      scheduledBy: command.by,
      scheduledAt: command.now,
    };
    return { accepted: [{ type: 'PerformanceScheduled', data }] };
  };
