import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type Served, serve } from '@tiketi/shared-kernel/service/testing/serve.js';
import { z } from 'zod';
import { CommandError } from '../command-error.js';
import { tellBooking } from './booking-log.js';
import { createSite } from './site.js';

const Answer = z.object({ as: z.string().nullable() });
const user = {
  ...{ id: '6a1f0c3e-5b7d-4e21-9c4a-000000000001', email: 'ops@example.com', name: 'Ops', phone: null },
  ...{ roles: ['operator'], provider: 'LOCAL', createdAt: '2026-05-02T00:00:00Z' },
};

describe('a site asked by its staff', () => {
  let served: Served;
  let signIns = 0;
  let tooMany = false;
  beforeEach(async () => {
    signIns = 0;
    tooMany = false;
    served = await serve((req, res) => {
      const reply = (status: number, body: object) =>
        res.writeHead(status, { 'content-type': 'application/json', 'retry-after': '42' }).end(JSON.stringify(body));
      if (req.url === '/api/auth/login') {
        signIns += 1;
        if (tooMany) return reply(429, { type: 'about:blank', title: 'Too many.', status: 429, code: 'RATE_LIMITED' });
        return reply(200, { user, accessToken: 'signed-in', expiresIn: 900, refreshToken: 'r' });
      }
      if (req.url === '/refused') return reply(403, { type: 'about:blank', title: 'No.', status: 403, code: 'FORBIDDEN' });
      return reply(200, { as: req.headers.authorization ?? null });
    });
  });
  afterEach(() => served.close());

  it('is asked with the token given', async () => {
    const site = createSite(served.url, { TIKETI_TOKEN: 'mine', TIKETI_EMAIL: 'a', TIKETI_PASSWORD: 'b' });
    expect(await site.get('/x', Answer)).toEqual({ as: 'Bearer mine' });
    expect(signIns).toBe(0);
  });

  it('is signed in to once', async () => {
    const site = createSite(served.url, { TIKETI_EMAIL: 'ops@example.com', TIKETI_PASSWORD: 'secret' });
    expect(await Promise.all([site.get('/x', Answer), site.post('/x', Answer)])).toEqual([
      { as: 'Bearer signed-in' },
      { as: 'Bearer signed-in' },
    ]);
    expect(signIns).toBe(1);
  });

  it('says what is wrong in words: nobody asks, it refuses, it is not there', async () => {
    await expect(createSite(served.url, {}).get('/x', Answer)).rejects.toThrow(/TIKETI_EMAIL and TIKETI_PASSWORD/);
    const empty = { TIKETI_EMAIL: 'ops@example.com', TIKETI_PASSWORD: '', TIKETI_TOKEN: '' };
    await expect(createSite(served.url, empty).get('/x', Answer)).rejects.toThrow(/^Who asks\?/);
    await expect(createSite(served.url, { TIKETI_TOKEN: 't' }).get('/refused', Answer)).rejects.toThrow('403 FORBIDDEN No.');
    const gone = createSite('http://127.0.0.1:1', { TIKETI_TOKEN: 't' }).get('/x', Answer);
    await expect(gone).rejects.toThrow(CommandError);
    await expect(gone).rejects.toThrow('http://127.0.0.1:1 does not answer');
  });

  it('says how long to wait with the next sign-in, and what needs none', async () => {
    tooMany = true;
    const refused = createSite(served.url, { TIKETI_EMAIL: 'ops@example.com', TIKETI_PASSWORD: 'secret' }).get('/x', Answer);
    await expect(refused).rejects.toThrow(/429 RATE_LIMITED .*42 s.*TIKETI_TOKEN/);
  });

  it('is not asked for the log of a ticket number: the id is wanted', async () => {
    const site = createSite(served.url, { TIKETI_EMAIL: 'ops@example.com', TIKETI_PASSWORD: 'secret' });
    const asked = tellBooking(site, 'TK-AAAA-BBBB-CCCC-D', () => undefined);
    await expect(asked).rejects.toThrow(CommandError);
    await expect(asked).rejects.toThrow(/id is asked for/);
    expect(signIns).toBe(0);
  });
});
