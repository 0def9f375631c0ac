import { z } from 'zod';

/** What a request was answered with, as it is given to its repeats. */
export type KeptAnswer = {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
};

/** A request under way, or its answer. `print` tells what was asked for. */
export type IdempotencyRecord =
  | { readonly kind: 'inFlight'; readonly print: string }
  | { readonly kind: 'answered'; readonly print: string; readonly answer: KeptAnswer };

/**
 * What is known of the requests of the last day, shared by all replicas and losable: a name is one person's key for one method and path.
 * Every call may reject, and then nothing is known of what it did.
 */
export type IdempotencyRecords = {
  /** Marks a request as under way for at most the lease; answers what was there before, null where nothing was. */
  readonly claim: (name: string, claim: string) => Promise<string | null>;
  /** Makes the lease of this very claim begin anew, if it is still there. */
  readonly renew: (name: string, claim: string) => Promise<void>;
  /** Puts an answer in the place of the claim. */
  readonly keep: (name: string, answer: string) => Promise<void>;
  /** Takes this very claim back, if it is still there. */
  readonly release: (name: string, claim: string) => Promise<void>;
};

const Claim = z.tuple([z.string(), z.string()]);
const Answer = z.tuple([z.string(), z.int(), z.record(z.string(), z.string()), z.string()]);

/** `token` tells this claim from any other of the same request. */
export const claimText = (print: string, token: string): string => JSON.stringify([print, token] satisfies z.infer<typeof Claim>);

export const answerText = (print: string, { status, headers, body }: KeptAnswer): string =>
  JSON.stringify([print, status, { ...headers }, body] satisfies z.infer<typeof Answer>);

/** Throws on a text that neither of the above wrote. */
export const recordOf = (text: string): IdempotencyRecord => {
  const record = z.union([Answer, Claim]).parse(JSON.parse(text));
  const [print] = record;
  if (record.length === 2) return { kind: 'inFlight', print };
  const [, status, headers, body] = record;
  return { kind: 'answered', print, answer: { status, headers, body } };
};
