import { createHash } from 'node:crypto';
import { LoginRequest, RefreshRequest } from '@tiketi/shared-kernel/contracts/http/auth.js';
import { principalIfAny, principalOf } from '@tiketi/shared-kernel/service/authenticate.js';
import { parseBody } from '@tiketi/shared-kernel/service/validate.js';
import type { Request, Router } from 'express';
import { normaliseEmail } from '../accounts/account.js';
import type { AuthPorts } from '../ports.js';
import { problemOf } from '../problems.js';
import { endSession, familyOfToken, userOfSession } from './sessions.js';
import { login, refresh } from './sign-in.js';

const LogoutBody = RefreshRequest.partial();

/** Guesses at one account count together wherever they come from; the key does not show whose it is. */
const accountKey = (req: Request): string => {
  const email = normaliseEmail(parseBody(LoginRequest, req).email);
  return `account:${createHash('sha256').update(email).digest('base64url')}`;
};

export const sessionRoutes = (router: Router, ports: AuthPorts): void => {
  const { authenticator, limits, db, clock } = ports;

  router.post('/api/auth/login', limits.limit('signIn'), limits.limit('signIn', accountKey), async (req, res) => {
    res.json(await login(parseBody(LoginRequest, req), ports));
  });

  router.post('/api/auth/refresh-token', limits.limit('command'), async (req, res) => {
    res.json(await refresh(parseBody(RefreshRequest, req).refreshToken, ports));
  });

  // the presented refresh token's session, or else the access token's; nothing to end is no fault
  router.post('/api/auth/logout', authenticator.optionalUser, limits.limit('command'), async (req, res) => {
    const { refreshToken } = parseBody(LogoutBody, req);
    const ended = refreshToken === undefined ? principalIfAny(req)?.sessionId : await familyOfToken(db, refreshToken);
    if (ended !== undefined) await endSession(db, ended, clock());
    res.status(204).end();
  });

  // tells a service that cannot check a signature itself, and, unlike a signature, knows of a logout at once
  router.post('/api/auth/verify-token', authenticator.requireUser, limits.limit('read'), async (req, res) => {
    const principal = principalOf(req);
    const user = await userOfSession(db, principal.sessionId, clock());
    if (user === undefined || user.id !== principal.userId) throw problemOf('SessionEnded');
    const expiresAt = new Date(principal.tokenExpiresAt).toISOString();
    res.json({ valid: true, userId: user.id, roles: user.roles, expiresAt });
  });
};
