import { z } from 'zod';

/** Requests a minute by class (R-SEC): sign-in endpoints and webhooks by address, commands and reads by account or address. */
export type RateClass = 'signIn' | 'command' | 'read' | 'webhook';
export type RateProfile = { readonly name: string; readonly perMinute: Readonly<Record<RateClass, number>> | 'off' };

const STANDARD: Readonly<Record<RateClass, number>> = { signIn: 10, command: 100, read: 600, webhook: 6000 };

const PAIR = /^(signIn|command|read|webhook)=([1-9]\d{0,6})$/;

/** `standard`, `off-for-load` (no limits, for load runs), or changed figures such as `signIn=20,command=200`. */
export const RateLimits = z
  .string()
  .default('standard')
  .transform((text, context): RateProfile => {
    if (text === 'standard') return { name: text, perMinute: STANDARD };
    if (text === 'off-for-load') return { name: text, perMinute: 'off' };
    const pairs = text.split(',').map((part) => PAIR.exec(part.trim()));
    if (pairs.includes(null)) {
      context.addIssue({
        code: 'custom',
        message: 'must be standard, off-for-load or pairs like signIn=20,command=200,read=600',
      });
      return z.NEVER;
    }
    const changes = Object.fromEntries(pairs.map((pair) => [pair?.[1], Number(pair?.[2])]));
    return { name: text, perMinute: { ...STANDARD, ...changes } };
  });
