import type { LayoutEvent, LayoutSection } from '@tiketi/shared-kernel/contracts/events/layout.js';
import type { LayoutId } from '@tiketi/shared-kernel/contracts/ids.js';
import type { Aggregate } from '@tiketi/shared-kernel/event-sourcing/decider.js';

/** A seat layout never changes once defined: performances copy its geometry and clients keep it for a year. */
export type Layout =
  | { readonly status: 'undefined' }
  | {
      readonly status: 'defined';
      readonly id: LayoutId;
      readonly name: string;
      readonly description: string;
      readonly sections: readonly LayoutSection[];
    };

export const layout: Aggregate<Layout, LayoutEvent> = {
  initial: { status: 'undefined' },
  evolve: {
    SeatLayoutDefined: (_, { data }) => ({
      status: 'defined',
      id: data.layoutId,
      name: data.name,
      description: data.description,
      sections: data.sections,
    }),
  },
};
