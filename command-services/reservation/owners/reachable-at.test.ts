import { expect, it } from '@jest/globals';
import { reachableAt } from './reachable-at.js';

it.each([
  [{ HOST: '127.0.0.1' }, 'http://127.0.0.1:8080'],
  [{ HOST: '::1' }, 'http://[::1]:8080'],
  [{ HOST: '0.0.0.0' }, undefined],
  [{ HOST: '::' }, undefined],
  [{ HOST: '0.0.0.0', REPLICA_URL: 'http://10.1.2.3:80' }, 'http://10.1.2.3:80'],
])('a replica at %j is reached at %s', (config, url) => expect(reachableAt(config, 8080)).toBe(url));
