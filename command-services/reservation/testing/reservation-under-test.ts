import { createPublicKey } from 'node:crypto';
import { inventoryEvents } from '@tiketi/shared-kernel/contracts/events/inventory.js';
import type { SaleTerms } from '@tiketi/shared-kernel/contracts/events/show.js';
import { CommandId } from '@tiketi/shared-kernel/contracts/ids.js';
import { inventoryStream } from '@tiketi/shared-kernel/contracts/streams.js';
import { createCodec } from '@tiketi/shared-kernel/event-sourcing/codec.js';
import { createSerialWriters } from '@tiketi/shared-kernel/event-sourcing/serial-writer/serial-writers.js';
import { createModelStore } from '@tiketi/shared-kernel/event-sourcing/testing/model-store.js';
import { createAuthenticator } from '@tiketi/shared-kernel/service/authenticate.js';
import type { IdempotencyRecords } from '@tiketi/shared-kernel/service/idempotency-records.js';
import { createIdempotentRequests } from '@tiketi/shared-kernel/service/idempotent-requests.js';
import type { KeySet } from '@tiketi/shared-kernel/service/key-set.js';
import { createMetrics } from '@tiketi/shared-kernel/service/metrics.js';
import { nothingParked } from '@tiketi/shared-kernel/service/testing/nothing-parked.js';
import { recordingLogger } from '@tiketi/shared-kernel/service/testing/recording-logger.js';
import { serve } from '@tiketi/shared-kernel/service/testing/serve.js';
import { testIssuer } from '@tiketi/shared-kernel/service/testing/test-issuer.js';
import { issuerKey } from '@tiketi/shared-kernel/service/testing/token-forge.js';
import { createApp } from '../app.js';
import { createCheckEntry } from '../entry/check-entry.js';
import { createInventories } from '../inventory/inventories.js';
import { inventory } from '../inventory/inventory.js';
import type { HeldSeats } from '../reservation/opening.js';
import { createReserve } from '../reserve.js';
import { at, performanceId, scheduled } from './facts.js';

const elsewhere = (): never => {
  throw new Error('not part of what is tried here');
};

/** This service's routes over an inventory in memory, open and at the clock of the facts; what belongs to other parts is not there. */
export const reservationUnderTest = async (terms: Partial<SaleTerms> = {}, records?: IdempotencyRecords) => {
  const store = createModelStore();
  const issuer = testIssuer();
  const queue = issuerKey();
  const queueKeys: KeySet = { keyOf: async (kid) => (kid === queue.kid ? createPublicKey(queue.privateKey) : undefined) };
  const codec = createCodec(inventoryEvents);
  let now = Date.parse(at('10:00'));
  const clock = () => now;
  const remembered: HeldSeats[] = [];
  let writers = createSerialWriters({ store, codec, aggregate: inventory });
  const inventories = {
    run: (...asked: Parameters<ReturnType<typeof createInventories>['run']>) => createInventories(writers).run(...asked),
  };
  await inventories.run(
    performanceId,
    { kind: 'open', scheduled: { ...scheduled, terms: { ...scheduled.terms, ...terms } }, now: at('09:00') },
    { commandId: CommandId.parse('open'), correlationId: 'test', causationId: 'test', actor: { id: 'test', role: 'service' } },
  );
  const served = await serve(
    createApp({
      reserve: createReserve({
        inventories,
        bookings: { remember: (held) => void remembered.push(held) },
        checkEntry: createCheckEntry({ keys: queueKeys, clock }),
        clock,
      }),
      inventories,
      ownInventories: inventories,
      clock,
      reservations: { decide: elsewhere, snapshot: elsewhere },
      cancellations: { cancel: elsewhere, quote: elsewhere },
      parked: nothingParked,
      authenticator: createAuthenticator({ keys: issuer.keys }),
      idempotent: createIdempotentRequests({ records }),
      limit: (_req, _res, next) => next(),
      limitReads: (_req, _res, next) => next(),
      serviceToken: 'a token between our own services',
      payWithinMs: 90_000,
      logger: recordingLogger().logger,
      metrics: createMetrics('reservation'),
    }),
  );

  return {
    issuer,
    queue,
    remembered,
    setClock: (to: Parameters<typeof at>[0]) => {
      now = Date.parse(at(to));
    },
    post: async (path: string, body: unknown, { token, key }: { readonly token?: string; readonly key?: string }) => {
      const response = await fetch(`${served.url}${path}`, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
          ...(key === undefined ? {} : { 'idempotency-key': key }),
        },
        body: JSON.stringify(body),
      });
      return { status: response.status, headers: response.headers, body: (await response.json()) as Record<string, unknown> };
    },
    /** Types of the events of the inventory. */
    events: async (): Promise<string[]> => {
      const types: string[] = [];
      for await (const event of store.readStream(inventoryStream(performanceId))) types.push(event.type);
      return types;
    },
    /** As another process would: nothing is left in memory but what the store has. */
    restart: async () => {
      await writers.close();
      writers = createSerialWriters({ store, codec, aggregate: inventory });
    },
    inventories,
    close: async () => {
      await served.close();
      await writers.close();
    },
  };
};
