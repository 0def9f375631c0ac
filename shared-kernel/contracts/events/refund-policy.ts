import { z } from 'zod';

/**
 * How much of a confirmed booking a buyer gets back, by whole days (Korean time) from the cancellation to the performance's own day.
 * The tier with the largest `daysBefore` that is still reached applies; nothing is refunded below the last one or after the start.
 */
export const RefundPolicy = z.object({
  version: z.int().min(1),
  tiers: z
    .array(z.object({ daysBefore: z.int().min(0).max(365), feePercent: z.int().min(0).max(100) }))
    .min(1)
    .max(20)
    .refine((tiers) => tiers.every((tier, i) => i === 0 || tier.daysBefore < (tiers[i - 1]?.daysBefore ?? 0)), 'tiers must fall'),
  /** Everything back within so many hours of the booking … */
  coolingOffHours: z.int().min(0).max(720),
  /** … where the performance is then at least so many days away. */
  coolingOffDaysBefore: z.int().min(0).max(365),
});
export type RefundPolicy = z.infer<typeof RefundPolicy>;

/**
 * The default of every show: the consumer dispute resolution standard for performances (소비자분쟁해결기준) as public summaries give it:
 * 10 days before free, 7 days 10 %, 3 days 20 %, 1 day 30 %, on the day 90 %; free within 24 h of a booking made 3 days ahead.
 * It needs confirming by counsel before real money is taken.
 */
export const DEFAULT_REFUND_POLICY: RefundPolicy = {
  version: 1,
  tiers: [
    { daysBefore: 10, feePercent: 0 },
    { daysBefore: 7, feePercent: 10 },
    { daysBefore: 3, feePercent: 20 },
    { daysBefore: 1, feePercent: 30 },
    { daysBefore: 0, feePercent: 90 },
  ],
  coolingOffHours: 24,
  coolingOffDaysBefore: 3,
};
