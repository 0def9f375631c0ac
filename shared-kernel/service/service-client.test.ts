import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { requireService } from './authenticate.js';
import { createHttpApp } from './http-app.js';
import { createMetrics } from './metrics.js';
import { ProblemError } from './problem.js';
import { causationId, correlationId } from './request-context.js';
import { createServiceClient, type ServiceClient, ServiceProblem, ServiceUnreachable } from './service-client.js';
import { recordingLogger } from './testing/recording-logger.js';
import { type Served, serve } from './testing/serve.js';
import { parseBody } from './validate.js';

const TOKEN = 'service-token-0123456789';
let served: Served;
let client: ServiceClient;

beforeEach(async () => {
  const app = createHttpApp({
    service: 'other',
    logger: recordingLogger().logger,
    metrics: createMetrics('other'),
    routes: (router) => {
      router.use('/internal', requireService(TOKEN));
      router.post('/internal/echo', (req, res) => {
        res.json({
          ...parseBody(z.object({ n: z.int() }), req),
          correlationId: correlationId(req),
          causationId: causationId(req),
        });
      });
      router.post('/internal/refuse', () => {
        throw new ProblemError(409, 'SEAT_TAKEN');
      });
      router.get('/internal/silent', () => undefined);
      router.post('/internal/empty', (_req, res) => {
        res.status(204).end();
      });
    },
  });
  served = await serve(app);
  client = createServiceClient({ baseUrl: served.url, token: TOKEN, timeoutMs: 5000 });
});
afterEach(async () => {
  await client.close();
  await served.close();
});

describe('createServiceClient', () => {
  it('sends body, token, correlation id and what the call follows from', async () => {
    const answer = await client.post('/internal/echo', { n: 1 }, { correlationId: 'corr-123456', causationId: 'event-123456' });
    expect(answer).toEqual({ n: 1, correlationId: 'corr-123456', causationId: 'event-123456' });
    const plain = await client.post('/internal/echo', { n: 1 }, { correlationId: 'corr-123456' });
    expect(plain).toEqual({ n: 1, correlationId: 'corr-123456', causationId: 'corr-123456' });
    expect(await client.post('/internal/empty', {})).toBeUndefined();
  });

  it('turns a problem into its status and code', async () => {
    const problem = await client.post('/internal/refuse', {}).catch((error: unknown) => error);
    expect(problem).toBeInstanceOf(ServiceProblem);
    expect(problem).toMatchObject({ status: 409, code: 'SEAT_TAKEN' });
  });

  it('says unreachable for silence and for a closed port', async () => {
    await expect(client.get('/internal/silent', { timeoutMs: 100 })).rejects.toBeInstanceOf(ServiceUnreachable);
    await served.close();
    await expect(client.get('/internal/silent')).rejects.toBeInstanceOf(ServiceUnreachable);
  });

  it('is refused with a wrong token', async () => {
    const other = createServiceClient({ baseUrl: served.url, token: 'service-token-9876543210', timeoutMs: 5000 });
    await expect(other.post('/internal/echo', { n: 1 })).rejects.toMatchObject({ status: 401, code: 'UNAUTHENTICATED' });
    await other.close();
  });
});
