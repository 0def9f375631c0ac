import { z } from 'zod';

/** The parts of Tiketi that set work aside when it cannot be done. */
export const ParkedPart = z.enum(['reservation', 'payment', 'projectors']);
export type ParkedPart = z.infer<typeof ParkedPart>;

/** Something set aside: an effect of a process, or the event that holds up its key in a consumer. */
export const ParkedItem = z.object({
  /** `effect:<id>` or `event:<consumer>:<event id>`; names it when it is to be tried again. */
  id: z.string(),
  kind: z.enum(['effect', 'event']),
  /** Who could not apply the event; null for an effect. */
  consumer: z.string().nullable(),
  /** The event's type, or what the effect was to do. */
  type: z.string(),
  /** What it is about: later events of the same key wait behind an event. */
  key: z.string(),
  /** `stream@revision` of the event; null for an effect. */
  stream: z.string().nullable(),
  reason: z.string(),
  attempts: z.int(),
  /** Later events of the key that wait behind it. */
  waiting: z.int(),
  since: z.string(),
});
export type ParkedItem = z.infer<typeof ParkedItem>;

/** The oldest first; `more` says that not all are listed. */
export const ParkedList = z.object({ part: ParkedPart, items: z.array(ParkedItem), more: z.boolean() });
export type ParkedList = z.infer<typeof ParkedList>;

/** `parked`: set aside again, for `reason`. `underWay`: due again, its end not known yet. */
export const Replay = z.object({
  status: z.enum(['done', 'parked', 'underWay']),
  replayed: z.int(),
  remaining: z.int(),
  reason: z.string().nullable(),
});
export type Replay = z.infer<typeof Replay>;

/** One event of a booking, told to a person. Amounts are won. */
export const BookingLogEntry = z.object({
  at: z.string(),
  what: z.string(),
  stream: z.string(),
  revision: z.string(),
  type: z.string(),
  eventId: z.string(),
  /** The role of who asked; for a program of ours, which. Never who of the buyers or the staff. */
  actor: z.object({ role: z.string(), service: z.string().nullable() }),
  /** The request or the event it follows from; `stream@revision` where that event is in this log. */
  causation: z.string(),
  amounts: z.object({
    amount: z.int().optional(),
    card: z.int().optional(),
    points: z.int().optional(),
    fee: z.int().optional(),
  }),
  position: z.string(),
});
export type BookingLogEntry = z.infer<typeof BookingLogEntry>;

/** In the order of the log, over all the streams the booking touches. */
export const BookingLog = z.object({ reservationId: z.string(), entries: z.array(BookingLogEntry) });
export type BookingLog = z.infer<typeof BookingLog>;
