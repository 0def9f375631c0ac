import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it } from '@jest/globals';
import express from 'express';
import helmet from 'helmet';
import { securityHeaders } from './security-headers.js';

const headersOf = async (app: RequestListener): Promise<Record<string, string>> => {
  const server = createServer(app);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  try {
    const { port } = server.address() as AddressInfo;
    const { headers } = await fetch(`http://127.0.0.1:${port}/`);
    return Object.fromEntries([...headers].filter(([name]) => name !== 'date'));
  } finally {
    server.close();
  }
};

const ends = (handler: express.RequestHandler) =>
  express()
    .disable('x-powered-by')
    .use(handler, (_req, res) => {
      res.end('x');
    });

describe('security headers', () => {
  it('are those helmet sets on every answer', async () => {
    const theirs = await headersOf(ends(helmet()));
    expect(theirs['content-security-policy']).toContain("default-src 'self'");
    expect(Object.keys(theirs).length).toBeGreaterThan(12);
    expect(await headersOf(ends(securityHeaders()))).toEqual(theirs);
  });
});
