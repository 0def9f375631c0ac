import type { PricedSection, TicketType } from '@tiketi/shared-kernel/contracts/events/layout.js';
import { DEFAULT_REFUND_POLICY, type RefundPolicy } from '@tiketi/shared-kernel/contracts/events/refund-policy.js';
import type { SaleTerms, ShowDetails, ShowEvent } from '@tiketi/shared-kernel/contracts/events/show.js';
import type { LayoutId, PerformanceId, ShowId } from '@tiketi/shared-kernel/contracts/ids.js';
import type { Instant } from '@tiketi/shared-kernel/contracts/time.js';
import type { Aggregate } from '@tiketi/shared-kernel/event-sourcing/decider.js';

export type Performance = {
  readonly startsAt: Instant;
  readonly layoutId: LayoutId | null;
  readonly sections: readonly PricedSection[];
  readonly ticketTypes: readonly TicketType[];
};

type Announced = {
  readonly id: ShowId;
  /** As first created; a repeated creation is recognised by it after details and terms have moved on. */
  readonly createdAs: { readonly details: ShowDetails; readonly terms: SaleTerms };
  readonly details: ShowDetails;
  /** What performances scheduled from now on are sold under. */
  readonly terms: SaleTerms;
  readonly refundPolicy: RefundPolicy;
  readonly performances: ReadonlyMap<PerformanceId, Performance>;
};

export type Show =
  | { readonly status: 'unannounced' }
  | ({ readonly status: 'announced' } & Announced)
  | ({ readonly status: 'cancelled' } & Announced);

export const show: Aggregate<Show, ShowEvent> = {
  initial: { status: 'unannounced' },
  evolve: {
    ShowCreated: (_, { data }) => ({
      status: 'announced',
      id: data.showId,
      createdAs: { details: data.details, terms: data.terms },
      details: data.details,
      terms: data.terms,
      refundPolicy: DEFAULT_REFUND_POLICY,
      performances: new Map(),
    }),
    ShowDetailsChanged: (state, { data }) => (state.status === 'unannounced' ? state : { ...state, details: data.details }),
    PerformanceScheduled: (state, { data }) => {
      if (state.status === 'unannounced') return state;
      const { performanceId, startsAt, layoutId, sections, ticketTypes } = data;
      const performance: Performance = { startsAt, layoutId, sections, ticketTypes };
      return { ...state, performances: new Map(state.performances).set(performanceId, performance) };
    },
    RefundPolicySet: (state, { data: { policy } }) => {
      if (state.status === 'unannounced') return state;
      return { ...state, refundPolicy: policy, terms: { ...state.terms, refundPolicyVersion: policy.version } };
    },
    ShowCancelled: (state) => (state.status === 'unannounced' ? state : { ...state, status: 'cancelled' }),
  },
};
