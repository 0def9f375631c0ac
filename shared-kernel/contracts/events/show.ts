import { z } from 'zod';
import { LayoutId, PerformanceId, ShowId, UserId } from '../ids.js';
import { Instant } from '../time.js';
import { defineEvent, type EventOf } from './definition.js';
import { PricedSection, TicketType } from './layout.js';
import { RefundPolicy } from './refund-policy.js';

/** Text a buyer reads, in both of the product's languages. */
export const LocalizedText = z.strictObject({ ko: z.string().min(1).max(5000), en: z.string().min(1).max(5000) });
export type LocalizedText = z.infer<typeof LocalizedText>;

export const ShowCategory = z.enum(['concert', 'musical', 'theatre', 'sports', 'festival', 'other']);
export type ShowCategory = z.infer<typeof ShowCategory>;

/** What a show says of itself. `posterImageUrl` is a path or an https URL, or null. */
export const ShowDetails = z.object({
  title: LocalizedText,
  description: LocalizedText,
  artistName: LocalizedText,
  venue: LocalizedText,
  address: LocalizedText,
  category: ShowCategory,
  posterImageUrl: z.string().max(2000).nullable(),
});
export type ShowDetails = z.infer<typeof ShowDetails>;

/** The rules of a show's sale, copied into each performance's inventory, which alone enforces them (R-RSV). */
export const SaleTerms = z.object({
  saleStartAt: Instant,
  saleEndAt: Instant,
  /** Unpaid holds end after this many seconds; 600 by default. */
  holdSeconds: z.int().min(30).max(3600),
  maxSeatsPerReservation: z.int().min(1).max(20),
  maxSeatsPerBuyer: z.int().min(1).max(100),
  /** The show has a waiting queue: a hold needs the entry token it gives. */
  requiresEntry: z.boolean(),
  /** Which version of the show's refund policy new reservations fall under. */
  refundPolicyVersion: z.int().min(1),
  /** A virtual account may be paid into for so long after the hold; 0 where the show does not offer one. */
  depositWithinHours: z.int().min(0).max(720),
});
export type SaleTerms = z.infer<typeof SaleTerms>;

/** At least 100 won: the least a card can be charged (Toss `BELOW_MINIMUM_AMOUNT`). */
export const GradePrice = z.strictObject({
  grade: z.string().min(1).max(20),
  price: z.int().min(100).max(10_000_000).brand<'Won'>(),
});
export type GradePrice = z.infer<typeof GradePrice>;

/** What version 1 of the events that carry the terms did not say yet. */
export const TERMS_BEFORE_2 = { requiresEntry: false, refundPolicyVersion: 1, depositWithinHours: 24 } as const;

type CarriesTerms = { readonly terms: object };
const termsFrom1 = (old: unknown): CarriesTerms => {
  const carrier = old as CarriesTerms;
  return { ...carrier, terms: { ...carrier.terms, ...TERMS_BEFORE_2 } };
};

/** Version 1 knew seats only and not all of the terms. */
export const scheduleFrom1 = (old: unknown): object => ({ ...termsFrom1(old), ticketTypes: [] });

export const showEvents = {
  ShowCreated: defineEvent(
    2,
    z.object({ showId: ShowId, details: ShowDetails, terms: SaleTerms, createdBy: UserId, createdAt: Instant }),
    { 1: termsFrom1 },
  ),
  ShowDetailsChanged: defineEvent(1, z.object({ showId: ShowId, details: ShowDetails, changedBy: UserId, changedAt: Instant })),
  PerformanceScheduled: defineEvent(
    2,
    z.object({
      showId: ShowId,
      performanceId: PerformanceId,
      startsAt: Instant,
      /** Null where the performance is general admission only. */
      layoutId: LayoutId.nullable(),
      /** Priced geometry and terms ride along, so that the inventory needs no other stream to open. */
      sections: z.array(PricedSection),
      ticketTypes: z.array(TicketType),
      terms: SaleTerms,
      scheduledBy: UserId,
      scheduledAt: Instant,
    }),
    { 1: scheduleFrom1 },
  ),
  /** Version 1 is every show's default (see refund-policy.ts) and is never an event. */
  RefundPolicySet: defineEvent(1, z.object({ showId: ShowId, policy: RefundPolicy, setBy: UserId, setAt: Instant })),
  ShowCancelled: defineEvent(1, z.object({ showId: ShowId, cancelledBy: UserId, cancelledAt: Instant })),
};
export type ShowEvent = EventOf<typeof showEvents>;
