import { once } from 'node:events';
import { createServer } from 'node:http';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { until } from '@tiketi/local/parts/until.js';
import { inventoryEvents } from '@tiketi/shared-kernel/contracts/events/inventory.js';
import { CommandId, PerformanceId } from '@tiketi/shared-kernel/contracts/ids.js';
import { inventoryStream } from '@tiketi/shared-kernel/contracts/streams.js';
import { createCodec } from '@tiketi/shared-kernel/event-sourcing/codec.js';
import { OutcomeUnknownError } from '@tiketi/shared-kernel/event-sourcing/command-handler.js';
import { StoreRefusedError, StoreUnavailableError } from '@tiketi/shared-kernel/event-sourcing/event-store/port.js';
import { createSerialWriters } from '@tiketi/shared-kernel/event-sourcing/serial-writer/serial-writers.js';
import { createModelStore } from '@tiketi/shared-kernel/event-sourcing/testing/model-store.js';
import { createHttpApp } from '@tiketi/shared-kernel/service/http-app.js';
import { createMetrics } from '@tiketi/shared-kernel/service/metrics.js';
import { ProblemError } from '@tiketi/shared-kernel/service/problem.js';
import { recordingLogger } from '@tiketi/shared-kernel/service/testing/recording-logger.js';
import { serve } from '@tiketi/shared-kernel/service/testing/serve.js';
import type { RequestHandler } from 'express';
import type { InventoryCommand } from '../inventory/commands.js';
import { createInventories, type Inventories } from '../inventory/inventories.js';
import { inventory } from '../inventory/inventory.js';
import { anna, at, ben, heldBy, ids, performanceId, scheduled, wantedBy } from '../testing/facts.js';
import { commandRoute } from './command-route.js';
import { createForward, isBusy } from './forward.js';
import { createRoutedInventories, type Routed } from './routed-inventories.js';

const TOKEN = 'a-token-between-our-own-services';
/** For owners that never answer; what does answer is given the time a busy machine may take. */
const IMPATIENT_MS = 250;
const PATIENT_MS = 10_000;
const pass: RequestHandler = (_req, _res, next) => next();
const context = (id: string) => ({
  ...{ commandId: CommandId.parse(id), correlationId: 'correlation', causationId: 'cause' },
  actor: { id: anna, role: 'user' },
  fingerprint: 'print',
});
const releasedHold = {
  ...{ kind: 'accepted', position: '1', repeated: true },
  held: { ...heldBy(anna, ids[0], ['A-1-1']).data, status: 'released' },
};
const hold = (n: 0 | 1, seat: string): InventoryCommand => ({ kind: 'hold', ...wantedBy(n === 0 ? anna : ben, ids[n], [seat]) });

describe('a command for a performance another replica owns', () => {
  const cleanUp: (() => Promise<unknown>)[] = [];
  let store: ReturnType<typeof createModelStore>;
  let own: Inventories;
  beforeEach(async () => {
    store = createModelStore();
    own = inventoriesOf();
    await own.run(performanceId, { kind: 'open', scheduled, now: at('09:00') }, context('open'));
  });
  afterEach(async () => {
    for (const clean of cleanUp.splice(0).reverse()) await clean();
  });

  /** What one replica keeps in memory, over the store that all share. */
  const inventoriesOf = (): Inventories => {
    const writers = createSerialWriters({ store, codec: createCodec(inventoryEvents), aggregate: inventory });
    cleanUp.push(() => writers.close());
    return createInventories(writers);
  };

  const ownerWith = async (o: { inventories?: Inventories; before?: RequestHandler; token?: string } = {}) => {
    const asked: number[] = [];
    const recorded = recordingLogger();
    const served = await serve(
      createHttpApp({
        ...{ service: 'owner', logger: recorded.logger, metrics: createMetrics('owner') },
        routes: (router) => {
          router.use((req, _res, next) => {
            asked.push((req.body as { commands: unknown[] }).commands.length);
            next();
          }, o.before ?? pass);
          const ports = { serviceToken: o.token ?? TOKEN, logger: recorded.logger };
          commandRoute({ ...ports, ownInventories: o.inventories ?? inventoriesOf() })(router);
        },
      }),
    );
    cleanUp.push(() => served.close());
    return { url: served.url, asked };
  };

  /** The replica that is asked, which takes the owner to be at `url`. */
  const asking = (url: string, timeoutMs = PATIENT_MS) => {
    const routed: Routed[] = [];
    const forward = createForward({ token: TOKEN, timeoutMs });
    cleanUp.push(() => forward.close());
    const inventories = createRoutedInventories({
      own,
      owners: { ownerOf: () => ({ id: 'owner', baseUrl: url }) },
      forward,
      observe: (way) => routed.push(way),
    });
    return { inventories, routed };
  };

  const stored = async (): Promise<string[]> => {
    const types: string[] = [];
    for await (const { type } of store.readStream(inventoryStream(performanceId))) types.push(type);
    return types;
  };

  it('is decided there, and answered as it would be here', async () => {
    const owner = await ownerWith();
    const { inventories, routed } = asking(owner.url);
    const told = await inventories.run(performanceId, hold(0, 'A-1-1'), context('one'));
    expect(told).toMatchObject({ kind: 'accepted', repeated: false, held: { ...ids[0], userId: anna, status: 'held' } });
    const { position } = told.kind === 'accepted' ? told : { position: undefined };
    expect(await own.run(performanceId, hold(0, 'A-1-1'), context('one'))).toMatchObject({ kind: 'accepted', position });
    const refusal = { kind: 'refused', refusal: 'SeatTaken', seatIds: ['A-1-1'] };
    expect(await inventories.run(performanceId, hold(1, 'A-1-1'), context('two'))).toEqual(refusal);
    const close: InventoryCommand = { kind: 'close-sales', by: anna, now: at('10:00') };
    expect(await inventories.run(performanceId, close, context('close'))).toMatchObject({ kind: 'accepted', held: undefined });
    expect(routed).toEqual(['forwarded', 'forwarded', 'forwarded']);
    const [, held] = store.log.stream(inventoryStream(performanceId));
    const { commandId, actor, fingerprint } = context('one');
    const metadata = { commandId, actor, fingerprint, $correlationId: 'correlation', $causationId: 'cause' };
    expect(held?.metadata).toMatchObject(metadata);
  });

  it('is told of a released hold nothing but that, there as here', async () => {
    const owner = await ownerWith();
    const { inventories, routed } = asking(owner.url);
    await inventories.run(performanceId, hold(0, 'A-1-1'), context('one'));
    const gone = { kind: 'release', ...ids[0], reason: 'expired', now: at('10:11') } as const;
    for (const repeated of [false, true])
      expect(await inventories.run(performanceId, gone, context('release'))).toMatchObject({ held: undefined, repeated });
    expect(routed).toEqual(['forwarded', 'forwarded', 'forwarded']);
    for (const place of [inventories, own]) {
      for (const commandId of ['another', 'one']) {
        const refusal = (seat: string) => place.run(performanceId, hold(0, seat), context(commandId));
        expect(await refusal('A-1-1')).toMatchObject({ kind: 'refused', refusal: 'ReservationClosed' });
        expect(await refusal('A-1-2')).toMatchObject({ kind: 'refused', refusal: 'KeyReused' });
      }
    }
  });

  it('goes with those of the same turn and performance in one request', async () => {
    const owner = await ownerWith();
    const { inventories } = asking(owner.url);
    const elsewhere = PerformanceId.parse('5f0e0000-0000-4000-8000-00000000aaaa');
    const outcomes = await Promise.all([
      inventories.run(performanceId, hold(0, 'A-1-1'), context('one')),
      inventories.run(elsewhere, hold(0, 'A-1-1'), context('other')),
      inventories.run(performanceId, hold(1, 'A-1-2'), context('two')),
    ]);
    expect(outcomes).toMatchObject([
      { kind: 'accepted', held: { userId: anna } },
      { kind: 'refused', refusal: 'PerformanceNotFound' },
      { kind: 'accepted', held: { userId: ben } },
    ]);
    expect([...owner.asked].sort()).toEqual([1, 2]);
    const many = Array.from({ length: 70 }, (_, n) => inventories.run(performanceId, hold(0, 'A-1-1'), context(`many ${n}`)));
    expect(new Set((await Promise.all(many)).map(({ kind }) => kind))).toEqual(new Set(['accepted']));
    const sizes = owner.asked.slice(2);
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBe(70);
    expect(Math.max(...sizes)).toBe(32);
    expect(sizes.length).toBeLessThanOrEqual(5);
  });

  it('waits its turn behind two requests of its performance, and then goes with all that wait', async () => {
    let release = (): void => undefined;
    const released = new Promise<void>((resolve) => {
      release = resolve;
    });
    const owner = await ownerWith({ before: (_req, _res, next) => void released.then(() => next()) });
    const { inventories } = asking(owner.url);
    const outcomes: Promise<unknown>[] = [];
    const ask = (n: number) => outcomes.push(inventories.run(performanceId, hold(0, 'A-1-1'), context(`${n}`)));
    for (const n of [1, 2]) {
      ask(n);
      await until(() => owner.asked.length === n, { deadline: 5000, every: 5, what: `request ${n}` });
    }
    for (const n of [3, 4, 5]) {
      ask(n);
      await new Promise(setImmediate);
    }
    release();
    expect(await Promise.all(outcomes)).toHaveLength(5);
    expect(owner.asked).toEqual([1, 1, 3]);
  });

  it('does not wait behind what an owner that hangs was asked before', async () => {
    const owner = await ownerWith({ before: () => undefined });
    const { inventories, routed } = asking(owner.url, IMPATIENT_MS);
    const begun = performance.now();
    const first = [1, 2].map((n) => inventories.run(performanceId, hold(0, 'A-1-1'), context(`${n}`)));
    await until(() => owner.asked.length > 0, { deadline: 5000, every: 5, what: 'the first request' });
    const second = [3, 4].map((n) => inventories.run(performanceId, hold(0, 'A-1-1'), context(`${n}`)));
    await new Promise(setImmediate);
    await new Promise(setImmediate);
    const third = [5, 6].map((n) => inventories.run(performanceId, hold(0, 'A-1-1'), context(`${n}`)));
    await Promise.all([...first, ...second, ...third]);
    expect(performance.now() - begun).toBeLessThan(2000);
    expect(routed).toHaveLength(6);
    expect(owner.asked.length).toBeLessThanOrEqual(2);
  });

  it.each([
    ['alone', [], false],
    ['after another', ['A-3-3'], true],
  ])('is stored once where the owner did it %s and its answer was lost', async (_, seats, repeated) => {
    const theirs = inventoriesOf();
    const losing: RequestHandler = (_req, res, next) => {
      res.json = () => res.destroy();
      next();
    };
    const owner = await ownerWith({ inventories: theirs, before: losing });
    for (const seat of seats) await theirs.run(performanceId, hold(1, seat), context(seat));
    const { inventories, routed } = asking(owner.url);
    const told = await inventories.run(performanceId, hold(0, 'A-1-1'), context('one'));
    expect(told).toMatchObject({ kind: 'accepted', repeated, held: { ...ids[0], userId: anna, status: 'held' } });
    expect(routed).toEqual(['instead']);
    expect(await stored()).toEqual(['InventoryOpened', ...seats.map(() => 'SeatsHeld'), 'SeatsHeld']);
    const [last] = store.log.stream(inventoryStream(performanceId)).slice(-1);
    expect(told).toMatchObject({ position: String(last?.position.commit) });
  });

  it.each([
    ['and its memory was there before', true],
    ['and it had nothing in memory', false],
  ])('is stored once where a stalled owner does it after all %s', async (_, warm) => {
    const theirs = inventoriesOf();
    if (warm) await theirs.run(performanceId, hold(1, 'A-2-2'), context('earlier'));
    let thaw = (): void => undefined;
    const thawed = new Promise<void>((resolve) => {
      thaw = resolve;
    });
    const ran: Promise<unknown>[] = [];
    const late: Inventories = {
      run: async (...asked) => {
        await thawed;
        const outcome = theirs.run(...asked);
        ran.push(outcome);
        return outcome;
      },
    };
    const owner = await ownerWith({ inventories: late });
    const { inventories } = asking(owner.url, IMPATIENT_MS);
    const here = await inventories.run(performanceId, hold(0, 'A-1-1'), context('one'));
    expect(here).toMatchObject({ kind: 'accepted', repeated: false });
    thaw();
    await until(() => ran.length > 0, { deadline: 5000, what: 'the owner to go on' });
    expect(await ran[0]).toMatchObject({ kind: 'accepted', held: { reservationNumber: ids[0].reservationNumber } });
    expect((await stored()).filter((type) => type === 'SeatsHeld')).toHaveLength(warm ? 2 : 1);
  });

  it('waits once for an owner that hangs, and the next not at all', async () => {
    const owner = await ownerWith({ before: () => undefined });
    const { inventories, routed } = asking(owner.url, IMPATIENT_MS);
    for (const n of [1, 2, 3, 4]) {
      expect(await inventories.run(performanceId, hold(0, 'A-1-1'), context(`${n}`))).toMatchObject({ kind: 'accepted' });
    }
    expect(owner.asked).toEqual([1]);
    expect(routed).toEqual(['instead', 'instead', 'instead', 'instead']);
  });

  it('is decided here where nobody listens at the address', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as { port: number };
    server.close();
    const { inventories, routed } = asking(`http://127.0.0.1:${port}`);
    expect(await inventories.run(performanceId, hold(0, 'A-1-1'), context('one'))).toMatchObject({ kind: 'accepted' });
    expect(routed).toEqual(['instead']);
  });

  it.each<[string, { token?: string; before?: RequestHandler; inventories?: Inventories }]>([
    ['knows another token', { token: 'another-token-than-the-others-have' }],
    ['knows no such path', { before: (_req, res) => void res.status(404).json({}) }],
    ['answers in other terms', { before: (_req, res) => void res.json({ answers: [{ kind: 'refused', refusal: 'Odd' }] }) }],
    ['tells of a hold in a state there is no more', { before: (_req, res) => void res.json({ answers: [releasedHold] }) }],
    ['answers fewer than were asked', { before: (_req, res) => void res.json({ answers: [] }) }],
    ['fails', { inventories: { run: () => Promise.reject(new Error('a bug there')) } }],
  ])('is decided here where the owner %s, which is asked again all the same', async (_, how) => {
    const owner = await ownerWith(how);
    const { inventories, routed } = asking(owner.url);
    expect(await inventories.run(performanceId, hold(0, 'A-1-1'), context('one'))).toMatchObject({ kind: 'accepted' });
    expect(await inventories.run(performanceId, hold(1, 'A-1-2'), context('two'))).toMatchObject({ kind: 'accepted' });
    expect(routed).toEqual(['instead', 'instead']);
    expect(owner.asked).toHaveLength(2);
    expect(await stored()).toEqual(['InventoryOpened', 'SeatsHeld', 'SeatsHeld']);
  });

  it.each([OutcomeUnknownError, StoreUnavailableError, StoreRefusedError])(
    'fails as it failed there, and is not decided here too: %p',
    async (Failure) => {
      const owner = await ownerWith({ inventories: { run: () => Promise.reject(new Failure('what happened')) } });
      const { inventories, routed } = asking(owner.url);
      const asked = inventories.run(performanceId, hold(0, 'A-1-1'), context('one'));
      await expect(asked).rejects.toThrow(new Failure('what happened'));
      await expect(asked).rejects.toBeInstanceOf(Failure);
      expect(routed).toEqual([]);
      expect(await stored()).toEqual(['InventoryOpened']);
    },
  );

  it('is refused as it is where the owner has too much to do', async () => {
    const busy = new ProblemError(503, 'OVERLOADED');
    const owner = await ownerWith({
      before: () => {
        throw busy;
      },
    });
    const { inventories } = asking(owner.url);
    const error: unknown = await inventories
      .run(performanceId, hold(0, 'A-1-1'), context('one'))
      .catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ status: 503, code: 'OVERLOADED' });
    expect([isBusy(error), isBusy(new Error('other'))]).toEqual([true, false]);
    expect(await stored()).toEqual(['InventoryOpened']);
  });

  it('makes one hop even where two replicas each take the other for the owner', async () => {
    const asked: string[] = [];
    const noting =
      (name: string): RequestHandler =>
      (_req, _res, next) => {
        asked.push(name);
        next();
      };
    const there = await ownerWith({ before: noting('there') });
    const here = await ownerWith({ inventories: own, before: noting('here') });
    await asking(there.url).inventories.run(performanceId, hold(0, 'A-1-1'), context('one'));
    await asking(here.url).inventories.run(performanceId, hold(1, 'A-1-2'), context('two'));
    expect(asked).toEqual(['there', 'here']);
    expect(await stored()).toEqual(['InventoryOpened', 'SeatsHeld', 'SeatsHeld']);
  });

  it('is sent by none but services', async () => {
    const owner = await ownerWith();
    const answer = await fetch(`${owner.url}/internal/inventory-commands`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ commands: [{ performanceId, command: hold(0, 'A-1-1'), context: context('one') }] }),
    });
    expect(answer.status).toBe(401);
    expect(await stored()).toEqual(['InventoryOpened']);
  });
});

describe('a command for a performance of this replica', () => {
  it('makes no hop', async () => {
    const routed: Routed[] = [];
    const inventories = createRoutedInventories({
      own: { run: async () => ({ kind: 'accepted', held: undefined, position: '1', repeated: false }) },
      owners: { ownerOf: () => undefined },
      forward: { send: () => Promise.reject(new Error('sent')) },
      observe: (way) => routed.push(way),
    });
    expect(await inventories.run(performanceId, hold(0, 'A-1-1'), context('one'))).toMatchObject({ kind: 'accepted' });
    expect(routed).toEqual(['own']);
  });
});
