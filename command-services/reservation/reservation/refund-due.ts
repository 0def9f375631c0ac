import type { RefundPolicy } from '@tiketi/shared-kernel/contracts/events/refund-policy.js';
import { Won } from '@tiketi/shared-kernel/contracts/money.js';
import { type Instant, millisecondsOf } from '@tiketi/shared-kernel/contracts/time.js';

export type PaidBooking = { readonly totalAmount: Won; readonly heldAt: Instant; readonly startsAt: Instant };

/** `amount` and `fee` (won) add up to what was paid. */
export type RefundDue = { readonly amount: Won; readonly fee: Won };

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** Days are counted by the calendar of the venues: Korean time, which knows no summer time. */
const koreanDay = (milliseconds: number): number => Math.floor((milliseconds + 9 * HOUR_MS) / DAY_MS);

const daysUntil = (startsAt: Instant, from: number): number => koreanDay(millisecondsOf(startsAt)) - koreanDay(from);

const percentAt = (policy: RefundPolicy, booking: PaidBooking, now: number): number => {
  const bookedAt = millisecondsOf(booking.heldAt);
  const coolingOff = now < bookedAt + policy.coolingOffHours * HOUR_MS;
  if (coolingOff && daysUntil(booking.startsAt, bookedAt) >= policy.coolingOffDaysBefore) return 0;
  const days = daysUntil(booking.startsAt, now);
  return policy.tiers.find(({ daysBefore }) => days >= daysBefore)?.feePercent ?? 100;
};

/**
 * What a buyer gets back for a paid booking given up now; 'closed' once the performance has begun. A fraction of a won of the fee is
 * the buyer's.
 */
export const refundDue = (policy: RefundPolicy, booking: PaidBooking, now: Instant): RefundDue | 'closed' => {
  const at = millisecondsOf(now);
  if (at >= millisecondsOf(booking.startsAt)) return 'closed';
  const fee = Math.floor((booking.totalAmount * percentAt(policy, booking, at)) / 100);
  return { amount: Won.parse(booking.totalAmount - fee), fee: Won.parse(fee) };
};
