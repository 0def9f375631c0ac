import { afterEach, describe, expect, it } from '@jest/globals';
import type { ConsumerStatus } from '@tiketi/shared-kernel/event-sourcing/consumers/status.js';
import { createAuthenticator } from '@tiketi/shared-kernel/service/authenticate.js';
import { createMetrics } from '@tiketi/shared-kernel/service/metrics.js';
import { nothingParked } from '@tiketi/shared-kernel/service/testing/nothing-parked.js';
import { recordingLogger } from '@tiketi/shared-kernel/service/testing/recording-logger.js';
import { type Served, serve } from '@tiketi/shared-kernel/service/testing/serve.js';
import { testIssuer } from '@tiketi/shared-kernel/service/testing/test-issuer.js';
import { createApp } from './app.js';
import { exposeStatus, observeProjections } from './projection-metrics.js';

const status: ConsumerStatus = {
  name: 'tickets',
  version: 1,
  state: 'live',
  epoch: 3n,
  position: { commit: 12_345_678_901_234_567_890n, prepare: 7n },
  head: undefined,
  lagMs: 120,
  queued: 2,
  processed: 9,
  parkedKeys: 1,
  lastError: undefined,
};

let served: Served;
afterEach(() => served.close());

const open = async () => {
  const metrics = createMetrics('projectors');
  const observe = observeProjections(metrics);
  exposeStatus(
    metrics,
    () => [status],
    async () => ({ tickets: 1 }),
  );
  const ready = async () => ({ ready: true, dependencies: {} });
  served = await serve(
    createApp({
      status: () => [status],
      ready,
      logger: recordingLogger().logger,
      metrics,
      parked: nothingParked,
      authenticator: createAuthenticator({ keys: testIssuer().keys }),
      limit: (_req, _res, next) => next(),
    }),
  );
  return observe;
};

describe('the projectors’ pages', () => {
  it('tell where each projection is, positions as text', async () => {
    await open();
    expect(await (await fetch(`${served.url}/status`)).json()).toEqual({
      projections: [
        {
          name: 'tickets',
          version: 1,
          state: 'live',
          position: { commit: '12345678901234567890', prepare: '7' },
          head: null,
          lagMs: 120,
          queued: 2,
          processed: 9,
          parkedKeys: 1,
          lastError: null,
        },
      ],
    });
  });

  it('count what happens for Prometheus', async () => {
    const observe = await open();
    observe({ kind: 'applied', consumer: 'tickets', events: 5 });
    observe({ kind: 'parked', consumer: 'tickets', events: 1, reason: 'odd' });
    observe({ kind: 'retry', consumer: 'tickets', reason: 'down' });
    observe({ kind: 'batch', consumer: 'tickets', events: 5, milliseconds: 20 });
    const text = await (await fetch(`${served.url}/metrics`)).text();
    for (const line of [
      'projection_events_total{projection="tickets",service="projectors"} 5',
      'projection_parked_total{projection="tickets",service="projectors"} 1',
      'projection_retries_total{projection="tickets",service="projectors"} 1',
      'projection_lag_seconds{projection="tickets",service="projectors"} 0.12',
      'projection_parked_keys{projection="tickets",service="projectors"} 1',
      'projection_stopped{projection="tickets",service="projectors"} 0',
    ]) {
      expect(text).toContain(line);
    }
  });
});
