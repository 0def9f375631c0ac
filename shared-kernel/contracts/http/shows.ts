import { z } from 'zod';
import { LayoutSection } from '../events/layout.js';
import { RefundPolicy } from '../events/refund-policy.js';
import { GradePrice, LocalizedText, SaleTerms, ShowCategory } from '../events/show.js';
import { LayoutId, PerformanceId, SeatId, ShowId, TicketTypeId } from '../ids.js';
import { Instant } from '../time.js';

export const DefineLayoutRequest = z.strictObject({
  name: z.string().trim().min(1).max(200),
  description: z.string().max(2000).default(''),
  sections: z.array(LayoutSection).min(1).max(500),
});

const text = LocalizedText;
export const CreateShowRequest = z.strictObject({
  title: text,
  description: text,
  artistName: text,
  venue: text,
  address: text,
  category: ShowCategory,
  posterImageUrl: z.string().max(2000).nullable().default(null),
  saleStartDate: Instant,
  saleEndDate: Instant,
  holdSeconds: SaleTerms.shape.holdSeconds.default(600),
  maxSeatsPerReservation: SaleTerms.shape.maxSeatsPerReservation.default(4),
  maxSeatsPerBuyer: SaleTerms.shape.maxSeatsPerBuyer.default(4),
  requiresEntry: SaleTerms.shape.requiresEntry.default(false),
  depositWithinHours: SaleTerms.shape.depositWithinHours.default(24),
});

/** What a show says of itself, all of it: `PUT /api/events/:id`. */
export const ChangeShowRequest = CreateShowRequest.pick({
  title: true,
  description: true,
  artistName: true,
  venue: true,
  address: true,
  category: true,
  posterImageUrl: true,
});

/** General admission of a performance as an organiser names it; its id is given by the answer of `/api/tickets/event/:eventId`. */
export const TicketTypeRequest = z.strictObject({
  name: z.string().trim().min(1).max(40),
  price: GradePrice.shape.price,
  quantity: z.int().min(0).max(100_000),
});

/** Seats of a layout with a price for each grade, ticket types, or both; at least one of them. */
export const SchedulePerformanceRequest = z.strictObject({
  startsAt: Instant,
  seatLayoutId: LayoutId.nullable().default(null),
  prices: z.array(GradePrice).max(50).default([]),
  ticketTypes: z.array(TicketTypeRequest).max(50).default([]),
});

/** `PUT /api/events/:id/refund-policy`: for reservations made from now on; older ones keep theirs. */
export const SetRefundPolicyRequest = z.strictObject(RefundPolicy.omit({ version: true }).shape);

/** `GET /api/tickets/event/:eventId`: what is left as far as the projection has read. */
export const TicketTypeView = z.object({
  id: TicketTypeId,
  performanceId: PerformanceId,
  name: z.string(),
  price: z.int(),
  totalQuantity: z.int(),
  availableQuantity: z.int(),
});
export type TicketTypeView = z.infer<typeof TicketTypeView>;

/** `version` is the inventory revision the quantities are of. */
export const TicketTypeList = z.object({
  performanceId: PerformanceId,
  version: z.string().regex(/^\d+$/),
  items: z.array(TicketTypeView),
});
export type TicketTypeList = z.infer<typeof TicketTypeList>;

/** Answer to every catalog command. `position` is the commit position to give a query that must see it (`?position=`). */
export const CatalogChanged = z.object({ id: z.uuid(), position: z.string().regex(/^\d+$/) });
export type CatalogChanged = z.infer<typeof CatalogChanged>;

export const ShowStatus = z.enum(['upcoming', 'on_sale', 'sold_out', 'ended', 'cancelled']);
export type ShowStatus = z.infer<typeof ShowStatus>;

export const PerformanceSummary = z.object({
  id: PerformanceId,
  startsAt: Instant,
  status: ShowStatus,
  /** Seats and places of ticket types together. */
  totalSeats: z.int(),
  /** Neither held, sold nor blocked, as far as the projection has read. */
  availableSeats: z.int(),
});
export type PerformanceSummary = z.infer<typeof PerformanceSummary>;

/** A show in the list: `/api/events`. */
export const ShowSummary = z.object({
  id: ShowId,
  title: text,
  artistName: text,
  venue: text,
  category: ShowCategory,
  posterImageUrl: z.string().nullable(),
  status: ShowStatus,
  saleStartDate: Instant,
  saleEndDate: Instant,
  /** First performance, or null while none is scheduled. */
  eventDate: Instant.nullable(),
  minPrice: z.int().nullable(),
  maxPrice: z.int().nullable(),
  totalSeats: z.int(),
  availableSeats: z.int(),
  performances: z.array(PerformanceSummary),
});
export type ShowSummary = z.infer<typeof ShowSummary>;

export const ShowList = z.object({ items: z.array(ShowSummary), nextCursor: z.string().nullable() });
export type ShowList = z.infer<typeof ShowList>;

export const ShowDetail = ShowSummary.extend({
  description: text,
  address: text,
  holdSeconds: z.int(),
  maxSeatsPerReservation: z.int(),
  maxSeatsPerBuyer: z.int(),
  createdAt: Instant,
  updatedAt: Instant,
});
export type ShowDetail = z.infer<typeof ShowDetail>;

/**
 * Geometry and prices of a performance; seats are counted through sections in order, row by row, from index 0. Sections are only ever
 * added at the end, so an index keeps meaning its seat. `version` rises when sections or prices change: the map of a version never
 * does. No sections where the performance is general admission only.
 */
export const SeatMap = z.object({
  performanceId: PerformanceId,
  version: z.string().regex(/^\d+$/),
  layoutId: LayoutId.nullable(),
  totalSeats: z.int(),
  sections: z.array(
    z.object({
      section: z.string(),
      rows: z.int(),
      seatsPerRow: z.int(),
      grade: z.string(),
      price: z.int(),
      firstIndex: z.int(),
    }),
  ),
});
export type SeatMap = z.infer<typeof SeatMap>;

/**
 * Who may still be had: two bits a seat in index order, lowest bits first in each byte, base64.
 * 0 available, 1 held (locked), 2 sold (reserved), 3 blocked (not for sale). `version` is the inventory revision it shows,
 * `mapVersion` the version of the seat map its indexes are of.
 */
export const SeatStatus = z.object({
  performanceId: PerformanceId,
  version: z.string().regex(/^\d+$/),
  mapVersion: z.string().regex(/^\d+$/),
  totalSeats: z.int(),
  available: z.int(),
  held: z.int(),
  sold: z.int(),
  blocked: z.int(),
  status: z.base64(),
});
export type SeatStatus = z.infer<typeof SeatStatus>;

/** One seat in words: `/api/events/:id/seats`. A blocked seat reads `reserved`: it is not to be had. */
export const Seat = z.object({
  id: SeatId,
  section: z.string(),
  rowNumber: z.int(),
  seatNumber: z.int(),
  seatLabel: z.string(),
  grade: z.string(),
  price: z.int(),
  status: z.enum(['available', 'locked', 'reserved']),
});
export type Seat = z.infer<typeof Seat>;

/** `version` is the inventory revision the statuses are of; pages follow one another in seat map order. */
export const SeatList = z.object({
  performanceId: PerformanceId,
  version: z.string().regex(/^\d+$/),
  items: z.array(Seat),
  nextCursor: z.string().nullable(),
});
export type SeatList = z.infer<typeof SeatList>;

export const SeatLayout = z.object({
  id: LayoutId,
  name: z.string(),
  description: z.string(),
  totalSeats: z.int(),
  layoutConfig: z.object({ sections: z.array(LayoutSection) }),
  createdAt: Instant,
});
export type SeatLayout = z.infer<typeof SeatLayout>;

export const SeatLayoutList = z.object({ items: z.array(SeatLayout), nextCursor: z.string().nullable() });
export type SeatLayoutList = z.infer<typeof SeatLayoutList>;
