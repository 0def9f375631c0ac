import { z } from 'zod';

const Milliseconds = z.int().nonnegative();

/** How this provider behaves where the real one has a limit or the documents leave a choice; changeable while it runs. */
export const Settings = z.strictObject({
  /** The buyer's time to authenticate a READY payment, and the merchant's to confirm it afterwards. */
  authenticationLimitMs: Milliseconds,
  confirmLimitMs: Milliseconds,
  /** Two cancels of one payment must be so far apart; the provider's older guide says 1,000. */
  cancelPauseMs: Milliseconds,
  /** Requests a minute and API key before 429; the provider's test mode allows 100. Null is no limit. */
  requestsPerMinute: z.int().positive().nullable(),
  /** What a webhook's retry schedule counts in: the provider's minutes. */
  webhookRetryUnitMs: z.int().positive(),
  /** How long a receiver of a webhook may take. */
  webhookAnswerLimitMs: z.int().positive(),
  /** From the cancel of a paid virtual account until the bank has paid the refund. */
  accountRefundMs: Milliseconds,
  /** Whether payments other than virtual accounts carry a `secret` too; the documents are silent. */
  secretOnEveryMethod: z.boolean(),
});
export type Settings = z.infer<typeof Settings>;

/** A change of some settings; what it leaves out stays. */
export const SettingsChange = Settings.partial();

export const defaultSettings: Settings = {
  authenticationLimitMs: 30 * 60_000,
  confirmLimitMs: 10 * 60_000,
  cancelPauseMs: 0,
  requestsPerMinute: null,
  webhookRetryUnitMs: 60_000,
  webhookAnswerLimitMs: 10_000,
  accountRefundMs: 2 * 24 * 3_600_000,
  secretOnEveryMethod: true,
};
