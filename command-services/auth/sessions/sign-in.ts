import type { LoginRequest, SignedIn } from '@tiketi/shared-kernel/contracts/http/auth.js';
import type { z } from 'zod';
import { normaliseEmail } from '../accounts/account.js';
import type { AuthPorts } from '../ports.js';
import { problemOf } from '../problems.js';
import { rotate, startSession } from './sessions.js';
import { signedIn } from './signed-in.js';

/** Signs in with email and password. One refusal, in one time, whether the account exists or not: 401 INVALID_CREDENTIALS. */
export const login = async (request: z.infer<typeof LoginRequest>, ports: AuthPorts): Promise<SignedIn> => {
  const { db, passwords, clock } = ports;
  const user = await db.selectFrom('users').selectAll().where('email', '=', normaliseEmail(request.email)).executeTakeFirst();
  const matches = await passwords.matches(request.password, user?.password_hash);
  if (user === undefined || !matches) {
    ports.logger.info({ event: 'sign_in_refused', userId: user?.id }, 'a sign-in was refused');
    throw problemOf('InvalidCredentials');
  }
  const session = await db.transaction().execute((tx) => startSession(tx, user.id, clock()));
  return signedIn(user, session, ports);
};

/** Exchanges a refresh token; every refusal is 401 REFRESH_TOKEN_INVALID, a detected reuse is logged as a security event. */
export const refresh = async (token: string, ports: AuthPorts): Promise<SignedIn> => {
  const rotation = await rotate(ports.db, ports.refreshKey, token, ports.clock());
  if (rotation.kind === 'rotated') return signedIn(rotation.user, rotation.session, ports);
  if (rotation.reason === 'reused') {
    ports.logger.warn(
      { event: 'refresh_reuse', family: rotation.familyId },
      'a spent refresh token came back: its family is revoked',
    );
  }
  throw problemOf('InvalidRefreshToken');
};
