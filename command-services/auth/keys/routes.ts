import type { Router } from 'express';
import type { SigningKeys } from './signing-keys.js';

/** The public keys every service checks access tokens with. */
export const keyRoutes = (router: Router, keys: SigningKeys): void => {
  router.get('/.well-known/jwks.json', (_req, res) => {
    res.set('cache-control', 'public, max-age=300').json({ keys: keys.published });
  });
};
