import { type IdempotencyRecord, type IdempotencyRecords, recordOf } from './idempotency-records.js';
import { createPatience, type Timing } from './patience.js';

/** The claim's outcome; `unknown` where the records did not say in time, or at all. */
export type PatientClaim = { readonly found: IdempotencyRecord | null } | 'unknown';

/** Claims without ever waiting long or failing: where the records are away or slow, requests go on without them. */
export const createPatientClaims = (
  records: IdempotencyRecords,
  timing: Timing = {},
): ((name: string, claim: string) => Promise<PatientClaim>) => {
  const patiently = createPatience(timing);

  return async (name, claim) => {
    const ask = async () => {
      const text = await records.claim(name, claim);
      return { found: text === null ? null : recordOf(text) };
    };
    /** Whoever waited has gone on without it, so what a late answer brings must not keep the name. */
    const takeBack = (): void => {
      records.release(name, claim).catch(() => undefined);
    };
    const claimed = await patiently(ask, takeBack).catch(() => 'late' as const);
    return claimed === 'late' ? 'unknown' : claimed;
  };
};
