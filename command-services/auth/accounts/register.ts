import { RegisterRequest, type SignedIn } from '@tiketi/shared-kernel/contracts/http/auth.js';
import type { AuthPorts } from '../ports.js';
import { problemOf } from '../problems.js';
import { startSession } from '../sessions/sessions.js';
import { signedIn } from '../sessions/signed-in.js';
import { createAccount } from './create-account.js';
import { isHashable, LONGEST_BYTES } from './passwords.js';

/** The contract's request; what bcrypt would cut short is refused here, where bytes are counted. */
export const RegisterBody = RegisterRequest.refine((body) => isHashable(body.password), {
  path: ['password'],
  message: `Too big: at most ${LONGEST_BYTES} bytes in UTF-8`,
});

/**
 * Opens an account and signs in (R-AUTH). The password is hashed before the address is looked at, so that a taken address
 * takes as long as a free one. Throws 409 EMAIL_TAKEN.
 */
export const register = async (request: RegisterRequest, correlationId: string, ports: AuthPorts): Promise<SignedIn> => {
  const passwordHash = await ports.passwords.hash(request.password);
  const now = ports.clock();
  const cause = { correlationId, actor: 'self' } as const;
  const begun = await ports.db.transaction().execute(async (tx) => {
    const user = await createAccount(tx, { ...request, passwordHash }, cause, now);
    return user === undefined ? undefined : { user, session: await startSession(tx, user.id, now) };
  });
  if (begun === undefined) throw problemOf('EmailTaken');
  ports.eventsWaiting();
  return signedIn(begun.user, begun.session, ports);
};
