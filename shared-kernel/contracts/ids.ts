import { z } from 'zod';

/** In lower case however it was written (RFC 9562 lets both be sent): ids name streams, and those tell `A` from `a`. */
const uuid = z.uuid().toLowerCase();

/** Account id. Opaque; the only thing an event may know about a person. */
export const UserId = uuid.brand<'UserId'>();
export type UserId = z.infer<typeof UserId>;

/** A show is what the public API calls an event (concert, musical, match). */
export const ShowId = uuid.brand<'ShowId'>();
export type ShowId = z.infer<typeof ShowId>;

/** One date of a show (회차). */
export const PerformanceId = uuid.brand<'PerformanceId'>();
export type PerformanceId = z.infer<typeof PerformanceId>;

/** A general-admission ticket type of a performance: a price and a number of places, no seats. */
export const TicketTypeId = uuid.brand<'TicketTypeId'>();
export type TicketTypeId = z.infer<typeof TicketTypeId>;

export const LayoutId = uuid.brand<'LayoutId'>();
export type LayoutId = z.infer<typeof LayoutId>;

/** Derived from the buyer and their Idempotency-Key, so a repeated request names the same reservation. */
export const ReservationId = uuid.brand<'ReservationId'>();
export type ReservationId = z.infer<typeof ReservationId>;

/** The merchant's order id as Toss accepts it: 6 to 64 of letters, digits, `-` and `_`. */
export const OrderId = z
  .string()
  .regex(/^[A-Za-z0-9_-]{6,64}$/)
  .brand<'OrderId'>();
export type OrderId = z.infer<typeof OrderId>;

/** Names one giving back of an order, so that asking for it again changes nothing. */
export const RefundId = z
  .string()
  .regex(/^[A-Za-z0-9_-]{1,64}$/)
  .brand<'RefundId'>();
export type RefundId = z.infer<typeof RefundId>;

/** Names the payment on the provider's side; at most 200 characters (Toss core reference). */
export const PaymentKey = z.string().min(1).max(200).brand<'PaymentKey'>();
export type PaymentKey = z.infer<typeof PaymentKey>;

/** Readable and unguessable, with a check character: `TK-XXXX-XXXX-XXXX-C` in Crockford's alphabet. */
export const ReservationNumber = z
  .string()
  .regex(/^TK-[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]$/)
  .brand<'ReservationNumber'>();
export type ReservationNumber = z.infer<typeof ReservationNumber>;

/** `{section}-{row}-{seat}`, unique within a layout; rows and seats count from 1. */
export const SeatId = z
  .string()
  .regex(/^[\p{L}\p{N}]{1,20}-[1-9]\d{0,3}-[1-9]\d{0,3}$/u)
  .brand<'SeatId'>();
export type SeatId = z.infer<typeof SeatId>;

/** One per command; every event it yields carries it, so a repeat is recognised in the stream. */
export const CommandId = z.string().min(1).max(200).brand<'CommandId'>();
export type CommandId = z.infer<typeof CommandId>;
