import { type IdempotencyRecord, type IdempotencyRecords, recordOf } from './idempotency-records.js';

/** No request waits longer than this for what is only a help. */
const PATIENCE_MS = 50;
/** So many waits in vain, one after another, and for a while nobody waits. */
const TRUST = 3;
const AWAY_MS = 1000;

/** The claim's outcome; `unknown` where the records did not say in time, or at all. */
export type PatientClaim = { readonly found: IdempotencyRecord | null } | 'unknown';

type Timing = { readonly patienceMs?: number; readonly clock?: () => number };

/** Claims without ever waiting long or failing: where the records are away or slow, requests go on without them. */
export const createPatientClaims = (
  records: IdempotencyRecords,
  { patienceMs = PATIENCE_MS, clock = Date.now }: Timing = {},
): ((name: string, claim: string) => Promise<PatientClaim>) => {
  let inVain = 0;
  let awayUntil = 0;

  /** Whoever waited has gone on without it, so what a late answer brings must not keep the name. */
  const takeBack = (name: string, claim: string): void => {
    records.release(name, claim).catch(() => undefined);
  };

  return (name, claim) => {
    if (clock() < awayUntil) return Promise.resolve('unknown');
    return new Promise((resolve) => {
      let late = false;
      const giveUp = (): void => {
        late = true;
        inVain += 1;
        if (inVain >= TRUST) awayUntil = clock() + AWAY_MS;
        resolve('unknown');
      };
      let patience: NodeJS.Immediate | undefined;
      // a process that was busy itself reads what has come in meanwhile before it gives up
      const timer = setTimeout(() => {
        patience = setImmediate(giveUp);
      }, patienceMs);
      const settle = (outcome: PatientClaim): void => {
        if (late) {
          takeBack(name, claim);
          return;
        }
        clearTimeout(timer);
        if (patience !== undefined) clearImmediate(patience);
        if (outcome !== 'unknown') inVain = 0;
        resolve(outcome);
      };
      records
        .claim(name, claim)
        .then((text) => (text === null ? null : recordOf(text)))
        .then(
          (found) => settle({ found }),
          () => settle('unknown'),
        );
    });
  };
};
