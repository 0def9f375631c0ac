import { principalOf } from '@tiketi/shared-kernel/service/authenticate.js';
import { correlationId } from '@tiketi/shared-kernel/service/request-context.js';
import { parseBody } from '@tiketi/shared-kernel/service/validate.js';
import type { Router } from 'express';
import type { AuthPorts } from '../ports.js';
import { changeProfile, ProfileChange, readProfile } from './profile.js';
import { RegisterBody, register } from './register.js';

export const accountRoutes = (router: Router, ports: AuthPorts): void => {
  const { authenticator, limits } = ports;
  router.post('/api/auth/register', limits.limit('signIn'), async (req, res) => {
    res.status(201).json(await register(parseBody(RegisterBody, req), correlationId(req), ports));
  });
  router.get('/api/auth/me', authenticator.requireUser, limits.limit('read'), async (req, res) => {
    res.json(await readProfile(principalOf(req), ports));
  });
  router.patch('/api/auth/me', authenticator.requireUser, limits.limit('command'), async (req, res) => {
    res.json(await changeProfile(principalOf(req), parseBody(ProfileChange, req), ports));
  });
};
