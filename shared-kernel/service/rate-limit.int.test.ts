import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type RunningRedis, startRedis } from '@tiketi/local/parts/redis.js';
import type { Router } from 'express';
import { Redis } from 'ioredis';
import { createHttpApp } from './http-app.js';
import { createMetrics } from './metrics.js';
import { createRateLimits } from './rate-limit.js';
import { RateLimits } from './rate-limit-profile.js';
import { recordingLogger } from './testing/recording-logger.js';
import { serve } from './testing/serve.js';

let directory: string;
let server: RunningRedis;
beforeAll(async () => {
  directory = await mkdtemp(path.join(tmpdir(), 'tiketi-rate-limit-'));
  server = await startRedis({ directory });
}, 120_000);
afterAll(async () => {
  await server.stop();
  await rm(directory, { recursive: true, force: true });
});

/** Patient by default: how busy the machine is must not decide what is counted where. */
const replica = async ({ patienceMs = 20_000 } = {}) => {
  const redis = new Redis(server.url, { enableOfflineQueue: false, maxRetriesPerRequest: 1, retryStrategy: () => 50 });
  redis.on('error', () => undefined);
  await once(redis, 'ready');
  const limits = createRateLimits({ profile: RateLimits.parse('signIn=3'), redis, scope: 'test', patienceMs });
  const routes = (router: Router): void => {
    router.get('/limited', limits.limit('signIn'), (_req, res) => {
      res.json({});
    });
  };
  const app = createHttpApp({ service: 'test', logger: recordingLogger().logger, metrics: createMetrics('test'), routes });
  const served = await serve(app);
  return {
    ask: async () => (await fetch(`${served.url}/limited`)).status,
    redis,
    close: async () => {
      redis.disconnect();
      await served.close();
    },
  };
};

describe('createRateLimits on Redis', () => {
  it('counts alone while Redis stands still, and together again after', async () => {
    const one = await replica({ patienceMs: 20 });
    process.kill(server.pid, 'SIGSTOP');
    try {
      const asked = Date.now();
      expect([await one.ask(), await one.ask(), await one.ask(), await one.ask()]).toEqual([200, 200, 200, 429]);
      // a command's own timeout is not waited for, let alone four
      expect(Date.now() - asked).toBeLessThan(1000);
    } finally {
      process.kill(server.pid, 'SIGCONT');
    }
    await one.redis.flushall();
    await one.close();
    const [two, three] = [await replica(), await replica()];
    expect([await two.ask(), await three.ask(), await two.ask(), await three.ask()]).toEqual([200, 200, 200, 429]);
    await two.redis.flushall();
    await Promise.all([two.close(), three.close()]);
  });

  it('counts over replicas together, and alone once Redis is gone', async () => {
    const [one, two] = [await replica(), await replica()];
    expect([await one.ask(), await two.ask(), await one.ask(), await two.ask(), await one.ask()]).toEqual([
      200, 200, 200, 429, 429,
    ]);
    const lost = once(one.redis, 'close');
    await server.stop();
    await lost;
    expect([await one.ask(), await one.ask(), await one.ask(), await one.ask()]).toEqual([200, 200, 200, 429]);
    await Promise.all([one.close(), two.close()]);
  });
});
