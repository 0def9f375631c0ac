import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { OrderId, UserId } from '@tiketi/shared-kernel/contracts/ids.js';
import { createAuthenticator } from '@tiketi/shared-kernel/service/authenticate.js';
import { createHttpApp } from '@tiketi/shared-kernel/service/http-app.js';
import { createIdempotentRequests } from '@tiketi/shared-kernel/service/idempotent-requests.js';
import { createMetrics } from '@tiketi/shared-kernel/service/metrics.js';
import { memoryIdempotencyRecords } from '@tiketi/shared-kernel/service/testing/memory-idempotency-records.js';
import { recordingLogger } from '@tiketi/shared-kernel/service/testing/recording-logger.js';
import { type Served, serve } from '@tiketi/shared-kernel/service/testing/serve.js';
import { testIssuer } from '@tiketi/shared-kernel/service/testing/test-issuer.js';
import type { Payments } from './payments.js';
import { type PublicPorts, publicRoutes } from './routes.js';

const issuer = testIssuer();
const token = issuer.token('user', UserId.parse('5f0e0000-0000-4000-8000-000000000001'));
const reservationId = '5f0e0000-0000-4000-8000-000000000002';

const notAsked = () => Promise.reject(new Error('not asked for here'));

describe('preparing twice with one key', () => {
  const prepare = jest.fn<Payments['prepare']>();
  let served: Served;

  beforeEach(async () => {
    prepare.mockReset().mockRejectedValue(new Error('asked without an answer at hand'));
    const metrics = createMetrics('test');
    const payments: PublicPorts['payments'] = { prepare, confirm: notAsked, cancel: notAsked, view: notAsked };
    const pointCharges: PublicPorts['pointCharges'] = { confirm: notAsked, view: notAsked, owns: () => false };
    served = await serve(
      createHttpApp({
        service: 'test',
        logger: recordingLogger().logger,
        metrics,
        routes: publicRoutes({
          payments,
          pointCharges,
          orderByPaymentKey: notAsked,
          authenticator: createAuthenticator({ keys: issuer.keys }),
          idempotent: createIdempotentRequests({ records: memoryIdempotencyRecords(), metrics }),
          limit: (_req, _res, next) => next(),
          limitReads: (_req, _res, next) => next(),
        }),
      }),
    );
  });
  afterEach(() => served.close());

  const ask = async (body: object) => {
    const response = await fetch(`${served.url}/api/payments/prepare`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${token}`, 'idempotency-key': 'key-1' },
      body: JSON.stringify(body),
    });
    await response.text();
    return [response.status, response.headers.get('idempotency-replayed')];
  };

  it('fills the points in that were left out: none said and none meant are one wish', async () => {
    prepare.mockResolvedValue({
      ...{ orderId: OrderId.parse('ord_000000000001'), clientKey: 'test_ck', orderName: 'Two seats' },
      ...{ amount: 1000, pointAmount: 0, totalAmount: 1000 },
    });
    expect(await ask({ reservationId })).toEqual([201, null]);
    expect(await ask({ reservationId, pointAmount: 0 })).toEqual([201, 'true']);
    expect(await ask({ pointAmount: 0, reservationId })).toEqual([201, 'true']);
    expect(await ask({ reservationId, pointAmount: 100 })).toEqual([422, null]);
    expect(await ask({ reservationId, pointAmount: 'none' })).toEqual([422, null]);
    expect(prepare).toHaveBeenCalledTimes(1);
  });

  it('refuses what is no wish as such', async () => expect(await ask({ reservationId: 'x' })).toEqual([400, null]));
});
