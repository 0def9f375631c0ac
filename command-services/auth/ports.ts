import type { Authenticator } from '@tiketi/shared-kernel/service/authenticate.js';
import type { Logger } from '@tiketi/shared-kernel/service/logger.js';
import type { RateLimits } from '@tiketi/shared-kernel/service/rate-limit.js';
import type { Kysely } from 'kysely';
import type { Passwords } from './accounts/passwords.js';
import type { SigningKeys } from './keys/signing-keys.js';
import type { AuthDatabase } from './tables.js';

/** What the routes need from outside. */
export type AuthPorts = {
  readonly db: Kysely<AuthDatabase>;
  readonly passwords: Passwords;
  readonly keys: SigningKeys;
  /** Derives the successors of refresh tokens. */
  readonly refreshKey: Buffer;
  readonly authenticator: Authenticator;
  readonly limits: RateLimits;
  readonly logger: Logger;
  /** Milliseconds since 1970. */
  readonly clock: () => number;
  /** Tells the outbox that events wait. */
  readonly eventsWaiting: () => void;
};
