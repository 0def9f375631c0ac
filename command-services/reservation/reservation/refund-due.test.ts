import { describe, expect, it } from '@jest/globals';
import { DEFAULT_REFUND_POLICY, RefundPolicy } from '@tiketi/shared-kernel/contracts/events/refund-policy.js';
import { Won } from '@tiketi/shared-kernel/contracts/money.js';
import { Instant } from '@tiketi/shared-kernel/contracts/time.js';
import fc from 'fast-check';
import { refundDue } from './refund-due.js';

/** A performance on the evening of June 20th in Korea, booked long before. */
const startsAt = Instant.parse('2026-06-20T19:00:00+09:00');
const booking = { totalAmount: Won.parse(100_000), heldAt: Instant.parse('2026-04-01T12:00:00+09:00'), startsAt };
const fee = (now: string, more: Partial<typeof booking> = {}) => {
  const due = refundDue(DEFAULT_REFUND_POLICY, { ...booking, ...more }, Instant.parse(now));
  return due === 'closed' ? due : due.fee;
};

describe('the default refund policy', () => {
  it.each([
    ['10 days before', '2026-06-10T23:59:59+09:00', 0],
    ['9 days before', '2026-06-11T00:00:00+09:00', 10_000],
    ['7 days before', '2026-06-13T23:59:59+09:00', 10_000],
    ['6 days before', '2026-06-14T00:00:00+09:00', 20_000],
    ['3 days before', '2026-06-17T12:00:00+09:00', 20_000],
    ['2 days before', '2026-06-18T12:00:00+09:00', 30_000],
    ['the day before', '2026-06-19T23:59:59+09:00', 30_000],
    ['the day itself', '2026-06-20T00:00:00+09:00', 90_000],
    ['a second before it begins', '2026-06-20T18:59:59+09:00', 90_000],
    ['its beginning', '2026-06-20T19:00:00+09:00', 'closed'],
  ])('%s', (_, now, expected) => expect(fee(now)).toBe(expected));

  it('counts days by Korean time, wherever the clock is set', () => {
    expect(fee('2026-06-10T14:59:59Z')).toBe(0);
    expect(fee('2026-06-10T15:00:00Z')).toBe(10_000);
  });

  it('gives everything back within 24 hours of a booking made three days ahead', () => {
    const heldAt = Instant.parse('2026-06-17T10:00:00+09:00');
    expect(fee('2026-06-18T09:59:59+09:00', { heldAt })).toBe(0);
    expect(fee('2026-06-18T10:00:00+09:00', { heldAt })).toBe(30_000);
  });

  it('but not of one made later', () => {
    expect(fee('2026-06-18T10:01:00+09:00', { heldAt: Instant.parse('2026-06-18T10:00:00+09:00') })).toBe(30_000);
  });

  it('leaves a fraction of a won to the buyer', () => {
    expect(fee('2026-06-13T12:00:00+09:00', { totalAmount: Won.parse(19_999) })).toBe(1999);
  });
});

describe('any refund policy', () => {
  it('keeps everything below its last tier', () => {
    const strict = { ...DEFAULT_REFUND_POLICY, tiers: [{ daysBefore: 30, feePercent: 0 }] };
    expect(refundDue(strict, booking, Instant.parse('2026-06-10T00:00:00Z'))).toEqual({ amount: 0, fee: 100_000 });
  });

  it('has tiers that fall', () => {
    const twice = { ...DEFAULT_REFUND_POLICY, tiers: [...DEFAULT_REFUND_POLICY.tiers, { daysBefore: 0, feePercent: 1 }] };
    expect(RefundPolicy.safeParse(twice).success).toBe(false);
    expect(RefundPolicy.safeParse(DEFAULT_REFUND_POLICY).success).toBe(true);
  });

  it('splits what was paid, to the won, at every time', () => {
    fc.assert(
      fc.property(fc.nat(10_000_000), fc.nat(90 * 24 * 60), fc.nat(100), (total, minutesBefore, percent) => {
        const policy = { ...DEFAULT_REFUND_POLICY, tiers: [{ daysBefore: 5, feePercent: percent }] };
        const now = Instant.parse(new Date(Date.parse(startsAt) - minutesBefore * 60_000).toISOString());
        const due = refundDue(policy, { ...booking, totalAmount: Won.parse(total) }, now);
        return due === 'closed' ? minutesBefore === 0 : due.amount + due.fee === total && due.fee >= 0 && due.amount >= 0;
      }),
    );
  });
});
