import type { SignedIn } from '@tiketi/shared-kernel/contracts/http/auth.js';
import { signAccessToken } from '@tiketi/shared-kernel/service/access-token.js';
import { accountOf } from '../accounts/account.js';
import type { SigningKeys } from '../keys/signing-keys.js';
import type { UserRow } from '../tables.js';
import type { Session } from './sessions.js';

/** Seconds an access token is good for. */
export const ACCESS_TOKEN_SECONDS = 15 * 60;

/** What a person gets who signed in or refreshed. */
export const signedIn = (
  user: UserRow,
  session: Session,
  o: { readonly keys: SigningKeys; readonly clock: () => number },
): SignedIn => ({
  user: accountOf(user),
  accessToken: signAccessToken({
    ...o.keys.current,
    userId: user.id,
    roles: user.roles,
    sessionId: session.familyId,
    now: o.clock(),
    lifetimeSeconds: ACCESS_TOKEN_SECONDS,
  }),
  expiresIn: ACCESS_TOKEN_SECONDS,
  refreshToken: session.refreshToken,
});
