import { STEPS_PATH } from '@tiketi/shared-kernel/contracts/http/internal.js';
import { ReservationId } from '@tiketi/shared-kernel/contracts/ids.js';
import { reservationStream } from '@tiketi/shared-kernel/contracts/streams.js';
import { createModelStore } from '@tiketi/shared-kernel/event-sourcing/testing/model-store.js';
import { createHttpApp } from '@tiketi/shared-kernel/service/http-app.js';
import { LotLine } from '@tiketi/shared-kernel/service/lots-line.js';
import { createMetrics } from '@tiketi/shared-kernel/service/metrics.js';
import { createServiceClient, type ServiceClient } from '@tiketi/shared-kernel/service/service-client.js';
import { translateStoreErrors } from '@tiketi/shared-kernel/service/store-problems.js';
import { recordingLogger } from '@tiketi/shared-kernel/service/testing/recording-logger.js';
import { type Served, serve } from '@tiketi/shared-kernel/service/testing/serve.js';
import { whileBehind } from '../behind.js';
import { internalRoutes } from '../internal-routes.js';
import { watchSteps } from '../internal-watch.js';
import type { HeldSeats } from '../reservation/opening.js';
import { createReservations } from '../reservation/reservations.js';
import { anna, at, heldBy, ids } from './facts.js';

export const TOKEN = 'service-token-0123456789';
const { reservationNumber } = ids[0];
export const booking = (n: number): HeldSeats => {
  const reservationId = ReservationId.parse(`5f0e0000-0000-4000-8000-${String(n).padStart(12, '0')}`);
  return heldBy(anna, { reservationId, reservationNumber }, ['A-1-1']).data;
};
export const [first, second, third] = [booking(101), booking(102), booking(103)] as const;
export const nowhere = booking(999).reservationId;

const elsewhere = (): never => {
  throw new Error('not part of what is tried here');
};

/** The internal routes over a store in memory and a few bookings, of which some cannot be found for a reason of their own. */
export const stepsUnderTest = async () => {
  const store = createModelStore();
  const known = new Map([first, second, third].map((held) => [held.reservationId, async () => held]));
  const reservations = createReservations({
    store,
    bookings: { find: async (id) => known.get(id)?.(), remember: () => undefined },
    clock: () => Date.parse(at('10:01')),
  });
  const recorded = recordingLogger();
  const { logger } = recorded;
  const metrics = createMetrics('reservation');
  const observeStep = watchSteps(metrics, logger);
  const served: Served = await serve(
    createHttpApp({
      ...{ service: 'reservation', logger, metrics },
      routes: (router) => {
        internalRoutes({
          ...{ reservations, serviceToken: TOKEN, payWithinMs: 90_000, logger, observeStep },
          cancellations: { cancel: elsewhere, quote: elsewhere },
        })(router);
        router.use(translateStoreErrors, whileBehind);
      },
    }),
  );
  const clientWith = (token: string): ServiceClient => createServiceClient({ baseUrl: served.url, token, timeoutMs: 5000 });
  const client = clientWith(TOKEN);
  return {
    ...{ store, known, recorded, metrics, served, client },
    /** Lines as they come, and when the answer has ended. */
    ask: (steps: readonly unknown[], token = TOKEN) => {
      const lines: LotLine[] = [];
      const heard: (() => void)[] = [];
      const asking = token === TOKEN ? client : clientWith(token);
      const hear = (line: string): void => {
        lines.push(LotLine.parse(JSON.parse(line)));
        for (const look of heard) look();
      };
      const ended = asking.postLines(STEPS_PATH, { steps }, hear, new AbortController().signal);
      const several = (count: number): Promise<void> =>
        new Promise((resolve) => {
          const look = () => lines.length >= count && resolve();
          heard.push(look);
          look();
        });
      return { lines, ended, several, close: () => asking.close() };
    },
    metadata: async (id: ReservationId) => {
      const found: unknown[] = [];
      for await (const { type, metadata } of store.readStream(reservationStream(id))) found.push([type, metadata]);
      return found;
    },
    close: async () => {
      await client.close();
      await served.close();
    },
  };
};
