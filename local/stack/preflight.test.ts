import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { freePort } from '../parts/free-port.js';
import { prepareHome, stackHome } from './home.js';
import type { PartPlan, StackContext } from './part.js';
import { preflight } from './preflight.js';
import { readSettings } from './settings.js';

describe('what is looked at before anything starts', () => {
  let folder: string;
  let context: StackContext;

  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'tiketi-preflight-'));
    const port = await freePort();
    const secrets = {
      roles: {},
      authKeySecret: '',
      paymentKeySecret: '',
      serviceToken: '',
      tossSecretKey: '',
      tossClientKey: '',
    };
    context = { home: stackHome(folder), settings: readSettings({}, {}).settings, secrets, port: () => port, url: () => '' };
    await prepareHome(context.home, []);
  });
  afterEach(() => rm(folder, { recursive: true }));

  const look = (plans: readonly PartPlan[], freeBytes = 1e12) =>
    preflight({ plans, context, say: () => undefined, freeBytes: async () => freeBytes });

  it('is content with a free port, a writable folder and room on the disk', async () => {
    await expect(look([])).resolves.toBeUndefined();
  });

  it('names a full disk together with what a part cannot find', async () => {
    const part: PartPlan = {
      ...{ name: 'redis', nature: 'real', after: [], label: 'Redis', address: () => '', start: async () => undefined },
      check: async () => {
        throw new Error('Redis: none found. Install one');
      },
    };
    await expect(look([part], 1e6)).rejects.toThrow(/disk of .* is full: 0 MB left[\s\S]*Redis: none found/);
  });
});

describe('settings', () => {
  it('reports every wrong one and goes on with defaults for them', () => {
    const { settings, faults } = readSettings(
      { port: '70000' },
      { REDIS_URL: 'http://x', TOSS_BASE_URL: 'https://api.tosspayments.com' },
    );
    expect(settings).toMatchObject({ port: 3000, host: '127.0.0.1' });
    expect(settings.REDIS_URL).toBeUndefined();
    const text = faults.map(({ what }) => what).join('\n');
    for (const name of ['--port', 'REDIS_URL']) expect(text).toContain(name);
  });

  it('wants the keys beside the address of a real payment provider', () => {
    const { faults } = readSettings({}, { TOSS_BASE_URL: 'https://api.tosspayments.com' });
    expect(faults).toEqual([expect.objectContaining({ what: expect.stringContaining('TOSS_SECRET_KEY') })]);
  });

  it('reports a rule between settings beside a setting that is wrong by itself', () => {
    const several = readSettings({}, { TOSS_BASE_URL: 'https://api.tosspayments.com', REDIS_URL: 'foo' });
    expect(several.faults.map(({ what }) => what)).toEqual([
      expect.stringContaining('REDIS_URL'),
      expect.stringContaining('TOSS_BASE_URL needs TOSS_SECRET_KEY'),
    ]);
  });

  it('names a wrong number of replicas as it was given', () => {
    const { faults, settings } = readSettings({ replicas: 'x' }, { TIKETI_RESERVATION_REPLICAS: '2' });
    expect(settings.TIKETI_RESERVATION_REPLICAS).toBe(1);
    expect(faults).toEqual([{ what: 'The setting --replicas must be a number.', remedy: expect.stringContaining('--replicas') }]);
    const none = readSettings({ replicas: '0' }, {}).faults;
    expect(none).toEqual([expect.objectContaining({ what: 'The setting --replicas must be at least 1.' })]);
    const variable = readSettings({}, { TIKETI_RESERVATION_REPLICAS: '0' }).faults;
    expect(variable).toEqual([expect.objectContaining({ what: expect.stringContaining('TIKETI_RESERVATION_REPLICAS') })]);
    expect(readSettings({ replicas: '3' }, {}).settings.TIKETI_RESERVATION_REPLICAS).toBe(3);
  });

  it('takes an empty value for none', () => {
    expect(readSettings({}, { REDIS_URL: '', LOG_LEVEL: '' })).toMatchObject({ faults: [], settings: { LOG_LEVEL: 'info' } });
  });
});
