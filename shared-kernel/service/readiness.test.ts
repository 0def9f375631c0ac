import { describe, expect, it } from '@jest/globals';
import { checkReadiness } from './readiness.js';

describe('checkReadiness', () => {
  it('is ready when every dependency answers', async () => {
    expect(await checkReadiness({ database: async () => 1, redis: async () => true })).toEqual({
      ready: true,
      dependencies: { database: 'up', redis: 'up' },
    });
  });
  it('names those that fail, answer false or never answer', async () => {
    const checks = {
      database: () => Promise.reject(new Error('down')),
      store: () => new Promise(() => undefined),
      keys: async () => false,
      redis: async () => 'PONG',
    };
    expect(await checkReadiness(checks, 20)).toEqual({
      ready: false,
      dependencies: { database: 'down', store: 'down', keys: 'down', redis: 'up' },
    });
  });
});
