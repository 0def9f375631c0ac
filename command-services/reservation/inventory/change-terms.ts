import type { InventoryEvent } from '@tiketi/shared-kernel/contracts/events/inventory.js';
import { SaleTerms } from '@tiketi/shared-kernel/contracts/events/show.js';
import { Instant } from '@tiketi/shared-kernel/contracts/time.js';
import type { Decision } from '@tiketi/shared-kernel/event-sourcing/decider.js';
import { z } from 'zod';
import type { Inventory } from './inventory.js';

/** With those of the terms that change. */
export const ChangeTerms = z.object({ terms: SaleTerms.partial(), now: Instant });
export type ChangeTerms = z.infer<typeof ChangeTerms>;

export type ChangeTermsRefusal = 'PerformanceNotFound';

/** Policies are only ever followed by newer ones: an older one has come late and changes nothing. */
const changed = (terms: SaleTerms, c: ChangeTerms['terms']): SaleTerms => ({
  saleStartAt: c.saleStartAt ?? terms.saleStartAt,
  saleEndAt: c.saleEndAt ?? terms.saleEndAt,
  holdSeconds: c.holdSeconds ?? terms.holdSeconds,
  maxSeatsPerReservation: c.maxSeatsPerReservation ?? terms.maxSeatsPerReservation,
  maxSeatsPerBuyer: c.maxSeatsPerBuyer ?? terms.maxSeatsPerBuyer,
  requiresEntry: c.requiresEntry ?? terms.requiresEntry,
  refundPolicyVersion: Math.max(c.refundPolicyVersion ?? 1, terms.refundPolicyVersion),
  depositWithinHours: c.depositWithinHours ?? terms.depositWithinHours,
});

const NAMES = Object.keys(SaleTerms.shape) as (keyof SaleTerms)[];

/** The consequence of other terms of the show, for what is held from now on. A cancelled performance has no use for them. */
export const changeTerms =
  (c: ChangeTerms) =>
  (s: Inventory): Decision<InventoryEvent, ChangeTermsRefusal> => {
    if (s.status === 'unopened') return { refused: 'PerformanceNotFound' };
    const terms = changed(s.terms, c.terms);
    if (s.status === 'cancelled' || NAMES.every((name) => s.terms[name] === terms[name])) return { accepted: [] };
    const { performanceId } = s;
    return { accepted: [{ type: 'SaleTermsChanged', data: { performanceId, terms, changedAt: c.now } }] };
  };
