import { describe, expect, it } from '@jest/globals';
import type express from 'express';
import { createHttpApp } from './http-app.js';
import { createMetrics } from './metrics.js';
import type { Timing } from './patience.js';
import { addressKey, createRateLimits } from './rate-limit.js';
import { RateLimits } from './rate-limit-profile.js';
import { recordingLogger } from './testing/recording-logger.js';
import { serve } from './testing/serve.js';

describe('addressKey', () => {
  it.each([
    ['203.0.113.9', '203.0.113.9'],
    ['::ffff:203.0.113.9', '203.0.113.9'],
    ['2001:db8:1:2:aaaa:bbbb:cccc:dddd', '2001:db8:1:2::/64'],
    ['2001:DB8:1:2::1', '2001:db8:1:2::/64'],
    ['2001:db8::1', '2001:db8:0:0::/64'],
    ['::1', '0:0:0:0::/64'],
    ['fe80::1%eth0', 'fe80:0:0:0::/64'],
  ])('%s counts as %s', (ip, key) => expect(addressKey(ip)).toBe(key));
});

describe('RateLimits', () => {
  it('reads profiles', () => {
    expect(RateLimits.parse(undefined)).toEqual({
      name: 'standard',
      perMinute: { signIn: 10, command: 100, read: 600, webhook: 6000 },
    });
    expect(RateLimits.parse('off-for-load').perMinute).toBe('off');
    expect(RateLimits.parse('signIn=3, read=5').perMinute).toEqual({ signIn: 3, command: 100, read: 5, webhook: 6000 });
    for (const bad of ['none', 'signIn=0', 'signIn=-1', 'other=5', 'signIn'])
      expect(RateLimits.safeParse(bad).success).toBe(false);
  });
});

const start = async (profile: string, redis?: object, timing: Timing = {}) => {
  const limits = createRateLimits({ profile: RateLimits.parse(profile), redis, scope: 'test', ...timing });
  const app = createHttpApp({
    service: 'test',
    logger: recordingLogger().logger,
    metrics: createMetrics('test'),
    trustedHops: 1,
    routes: (router: express.Router) => {
      router.get('/limited', limits.limit('signIn'), (_req, res) => {
        res.json({});
      });
    },
  });
  return serve(app);
};
const from = async (url: string, forwarded: string) =>
  (await fetch(`${url}/limited`, { headers: { 'x-forwarded-for': forwarded } })).status;

describe('createRateLimits', () => {
  it('refuses past the limit, telling when to come back', async () => {
    const { url, close } = await start('signIn=2');
    expect([await from(url, '203.0.113.1'), await from(url, '203.0.113.1')]).toEqual([200, 200]);
    const refused = await fetch(`${url}/limited`, { headers: { 'x-forwarded-for': '203.0.113.1' } });
    expect(refused.status).toBe(429);
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(await refused.json()).toMatchObject({ code: 'RATE_LIMITED' });
    expect(await from(url, '203.0.113.2')).toBe(200);
    await close();
  });

  it('believes only the trusted hop: a forged chain changes nothing', async () => {
    const { url, close } = await start('signIn=2');
    const statuses = [];
    for (let i = 0; i < 4; i += 1) statuses.push(await from(url, `198.51.100.${i}, 203.0.113.1`));
    expect(statuses).toEqual([200, 200, 429, 429]);
    await close();
  });

  it('counts alone while Redis is down', async () => {
    const down = { status: 'end' };
    const { url, close } = await start('signIn=2', down);
    expect([await from(url, '203.0.113.1'), await from(url, '203.0.113.1'), await from(url, '203.0.113.1')]).toEqual([
      200, 200, 429,
    ]);
    await close();
  });

  it('waits three times in vain for a Redis that does not answer, then counts alone without asking', async () => {
    let asked = 0;
    const silent = {
      status: 'ready',
      defineCommand: () => undefined,
      rlflxIncr: () => {
        asked += 1;
        return new Promise(() => undefined);
      },
    };
    const { url, close } = await start('signIn=4', silent, { clock: () => 0 });
    const statuses = [];
    for (let i = 0; i < 6; i += 1) statuses.push(await from(url, '203.0.113.1'));
    expect(statuses).toEqual([200, 200, 200, 200, 429, 429]);
    expect(asked).toBe(3);
    await close();
  });

  it('limits nothing when off', async () => {
    const { url, close } = await start('off-for-load');
    for (let i = 0; i < 12; i += 1) expect(await from(url, '203.0.113.1')).toBe(200);
    await close();
  });
});
