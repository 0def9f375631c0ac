import { z } from 'zod';
import { OrderId, PerformanceId, RefundId, ReservationId, ReservationNumber, ShowId, UserId } from '../ids.js';
import { Won } from '../money.js';
import { Instant } from '../time.js';

export const ReservationSnapshot = z.object({
  reservationId: ReservationId,
  reservationNumber: ReservationNumber,
  userId: UserId,
  showId: ShowId,
  performanceId: PerformanceId,
  totalAmount: Won,
  seatCount: z.int(),
  holdUntil: Instant,
  /** The latest due date a virtual account of it may have. */
  depositUntil: Instant,
  status: z.enum(['pending', 'paying', 'awaitingDeposit', 'confirmed', 'cancelled', 'expired']),
  orderId: OrderId.nullable(),
});
export type ReservationSnapshot = z.infer<typeof ReservationSnapshot>;

/** Commands between services, behind the service token. The order and the step are the command's id. */
const StartPayment = z.strictObject({ orderId: OrderId, amount: Won, pointAmount: Won });
/** A virtual account was issued; the reservation waits for the money until then, at most until its own `depositUntil`. */
const AwaitDeposit = z.strictObject({ orderId: OrderId, dueBy: Instant });
/** The buyer gives the booking up through the payment service, which has looked whose it is. */
export const CancelBooking = z.strictObject({ userId: UserId });
/** `refund` is null where nothing had been paid. */
export const BookingCancelled = z.object({
  refund: z.object({ orderId: OrderId, amount: Won, fee: Won, policyVersion: z.int() }).nullable(),
  position: z.string().nullable(),
});
export type BookingCancelled = z.infer<typeof BookingCancelled>;
/** The provider gave a confirmed order back in full without being asked by us. */
const RefundedOutside = z.strictObject({ orderId: OrderId });
const ConfirmReservation = z.strictObject({ orderId: OrderId });
const FailPayment = z.strictObject({ orderId: OrderId, reason: z.enum(['declined', 'abandoned']) });

const stepOf = <N extends string, B extends z.ZodType>(step: N, body: B) =>
  z.strictObject({ id: ReservationId, step: z.literal(step), body, causationId: z.string() });

/** A step of a payment that the reservation service owns; `causationId` is the request or event it follows from. */
export const PaymentStep = z.discriminatedUnion('step', [
  stepOf('start-payment', StartPayment),
  stepOf('confirm', ConfirmReservation),
  stepOf('fail-payment', FailPayment),
  stepOf('await-deposit', AwaitDeposit),
  stepOf('refunded-outside', RefundedOutside),
]);
export type PaymentStep = z.infer<typeof PaymentStep>;

export const STEPS_PATH = '/internal/steps';
/** Steps in one request; so many of the longest stay within the limit of a body. */
export const MOST_STEPS = 100;
/** Each is parsed by itself, so that one which this release does not know is refused alone. */
export const StepLot = z.strictObject({ steps: z.array(z.unknown()).min(1).max(MOST_STEPS) });

/** `position` is null where nothing was appended because it was done already and its place is not known. */
export const CommandDone = z.object({ reservation: ReservationSnapshot, position: z.string().nullable() });

export type CommandDone = z.infer<typeof CommandDone>;

/** What the booking process wants given back of an order: card and points are split by the payment service. */
export const RefundOrder = z.strictObject({
  refundId: RefundId,
  amount: Won,
  reason: z.enum(['reservation_closed', 'reservation_cancelled', 'show_cancelled']),
});
export type RefundOrder = z.infer<typeof RefundOrder>;

/** Going on with a refund that was asked for. */
export const FinishRefund = z.strictObject({ refundId: RefundId });

/** How an order stands after a step of the payment service. `open` means: ask again later. */
export const SettleAnswer = z.object({
  status: z.enum(['approved', 'declined', 'abandoned', 'awaitingDeposit', 'open', 'refunded']),
});
export type SettleAnswer = z.infer<typeof SettleAnswer>;
