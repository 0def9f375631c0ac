import type { PricedSection } from '@tiketi/shared-kernel/contracts/events/layout.js';
import type { SaleTerms, ShowDetails, ShowEvent } from '@tiketi/shared-kernel/contracts/events/show.js';
import type { LayoutId, PerformanceId, ShowId } from '@tiketi/shared-kernel/contracts/ids.js';
import type { Instant } from '@tiketi/shared-kernel/contracts/time.js';
import type { Aggregate } from '@tiketi/shared-kernel/event-sourcing/decider.js';

export type Performance = {
  readonly startsAt: Instant;
  readonly layoutId: LayoutId;
  readonly sections: readonly PricedSection[];
};

type Announced = {
  readonly id: ShowId;
  /** As first created; a repeated creation is recognised by it after the details have moved on. */
  readonly createdAs: ShowDetails;
  readonly details: ShowDetails;
  readonly terms: SaleTerms;
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
      createdAs: data.details,
      details: data.details,
      terms: data.terms,
      performances: new Map(),
    }),
    ShowDetailsChanged: (state, { data }) => (state.status === 'unannounced' ? state : { ...state, details: data.details }),
    PerformanceScheduled: (state, { data }) => {
      if (state.status === 'unannounced') return state;
      const { performanceId, startsAt, layoutId, sections } = data;
      return { ...state, performances: new Map(state.performances).set(performanceId, { startsAt, layoutId, sections }) };
    },
    ShowCancelled: (state) => (state.status === 'unannounced' ? state : { ...state, status: 'cancelled' }),
  },
};
