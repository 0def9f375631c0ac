import { z } from 'zod';
import { ShowId, UserId } from './ids.js';

/**
 * The contract of an entry token: a JWT (ES256, `typ: entry+jwt`) that the queue signs for one account, show and admission. The
 * reservation service checks it against the queue's published key set without asking anyone; it may be used again until it
 * expires, for the buyer limit of the inventory bounds its use.
 */
export const ENTRY_TOKEN = {
  algorithm: 'ES256',
  typ: 'entry+jwt',
  issuer: 'tiketi-queue',
  audience: 'tiketi-reservation',
} as const;

export const EntryClaims = z.object({
  iss: z.literal(ENTRY_TOKEN.issuer),
  aud: z.literal(ENTRY_TOKEN.audience),
  sub: UserId,
  /** The show the buyer was let in to. */
  show: ShowId,
  /** The sequence number of the admission, so that a use can be traced to the queue's own log. */
  admission: z.int().nonnegative(),
  iat: z.int(),
  exp: z.int(),
});
export type EntryClaims = z.infer<typeof EntryClaims>;
