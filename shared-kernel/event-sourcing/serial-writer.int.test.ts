import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startEventStoreNode } from '@tiketi/local/event-store-node/server.js';
import { loadStream, OutcomeUnknownError } from './command-handler.js';
import type { Decide } from './decider.js';
import { connectEventStore } from './event-store/eventstoredb.js';
import { createSerialWriter, type SerialWriter } from './serial-writer.js';
import { context, free, type SeatEvent, type Seats, seatCodec, seats, take } from './testing/seats.js';
import { startTcpProxy } from './testing/tcp-proxy.js';
import { seeded } from './testing/weather.js';

const STREAM = 'inventory-1';
const BUYERS = 30;
const SEATS = 20;
const DEEP = process.env.TIKETI_DEEP === '1';
const LASTING_MS = DEEP ? 30_000 : 3000;
const SEED = Number(process.env.TIKETI_SEED ?? Date.now() % 2 ** 31);

describe('two serial writers on the real client and a network that breaks', () => {
  const cleanUp: (() => Promise<unknown>)[] = [];
  const seen = new Map<string, number>();
  let port: number;
  beforeAll(async () => {
    const directory = await mkdtemp(join(tmpdir(), 'tiketi-event-store-'));
    const node = await startEventStoreNode({ directory, port: 0 });
    port = node.port;
    cleanUp.push(
      () => rm(directory, { recursive: true, force: true }),
      () => node.close(),
    );
  });
  afterAll(async () => {
    for (const clean of cleanUp.splice(0).reverse()) await clean();
  });

  const replica = async () => {
    const proxy = await startTcpProxy(port);
    const store = connectEventStore({
      url: `esdb://127.0.0.1:${proxy.port}?tls=false`,
      connectionName: 'replica',
      appendTimeoutMs: 300,
    });
    const writer = createSerialWriter({
      store,
      codec: seatCodec,
      aggregate: seats,
      stream: STREAM,
      observe: ({ kind }) => seen.set(kind, (seen.get(kind) ?? 0) + 1),
    });
    cleanUp.push(
      () => proxy.close(),
      () => store.close(),
      () => writer.close(),
    );
    return { proxy, writer };
  };

  it(
    `store each acknowledged command once and sell no seat twice (seed ${SEED})`,
    async () => {
      const random = seeded(SEED);
      const replicas = [await replica(), await replica()] as const;
      const end = Date.now() + LASTING_MS;
      const acknowledged = new Map<string, bigint>();
      const refused: string[] = [];

      /** Goes on asking, at either replica, with the same id until it knows. */
      const settled = async (
        writers: readonly SerialWriter<Seats, SeatEvent>[],
        id: string,
        decide: Decide<Seats, SeatEvent, string>,
      ) => {
        for (let turn = 0; ; turn += 1) {
          const writer = writers[turn % writers.length];
          try {
            return await writer?.submit(decide, context(id));
          } catch (error) {
            if (!(error instanceof OutcomeUnknownError)) throw error;
          }
        }
      };
      const buy = async (number: number) => {
        const own = number % 2 === 0 ? [replicas[0].writer, replicas[1].writer] : [replicas[1].writer, replicas[0].writer];
        const buyer = `buyer-${number}`;
        let taken = '';
        for (let turn = 0; Date.now() < end; turn += 1) {
          const id = `${buyer}-${turn}`;
          const seat = `seat-${Math.floor(random() * SEATS)}`;
          const decide = turn % 2 === 0 ? take(id, buyer, seat) : free(id, buyer, taken);
          const answer = await settled(own, id, decide);
          taken = seat;
          if (answer?.kind === 'refused') refused.push(id);
          else if (answer !== undefined && answer.events.length > 0) acknowledged.set(id, answer.revision);
        }
      };
      const trouble = async () => {
        while (Date.now() < end) {
          await new Promise((resolve) => setTimeout(resolve, 20 + random() * 200));
          const { proxy } = replicas[random() < 0.5 ? 0 : 1];
          if (random() < 0.6) proxy.cut();
          else if (random() < 0.5) proxy.freeze();
          else proxy.thaw();
        }
        for (const { proxy } of replicas) proxy.thaw();
      };
      await Promise.all([trouble(), ...Array.from({ length: BUYERS }, (_, number) => buy(number))]);

      const store = connectEventStore({ url: `esdb://127.0.0.1:${port}?tls=false`, connectionName: 'check' });
      cleanUp.push(() => store.close());
      const { events, state, revision } = await loadStream({ store, codec: seatCodec, aggregate: seats }, STREAM);
      const places = new Map(events.map((event): [string, bigint] => [event.metadata.commandId, event.revision]));
      const soldTwice: string[] = [];
      const holders = new Set<string>();
      for (const { type, data } of events) {
        if (type === 'SeatFreed') holders.delete(data.seat);
        else if (holders.has(data.seat)) soldTwice.push(data.seat);
        else holders.add(data.seat);
      }
      expect(places.size).toBe(events.length);
      expect([...acknowledged].filter(([id, place]) => places.get(id) !== place)).toEqual([]);
      expect(refused.filter((id) => places.has(id))).toEqual([]);
      expect(soldTwice).toEqual([]);
      expect(refused.length).toBeGreaterThan(0);
      expect([...seen.keys()]).toEqual(expect.arrayContaining(['appended', 'conflict', 'unknown']));
      for (const { writer } of replicas) {
        await writer.submit(take('nothing', 'nobody'), context('nothing'));
        expect(await writer.state()).toEqual({ state, revision });
      }
    },
    LASTING_MS + 30_000,
  );
});
