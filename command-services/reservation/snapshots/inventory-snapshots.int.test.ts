import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type TestDatabase, testDatabase } from '@tiketi/local/parts/test-postgres.js';
import { inventoryEvents } from '@tiketi/shared-kernel/contracts/events/inventory.js';
import { CommandId, ReservationId, ReservationNumber } from '@tiketi/shared-kernel/contracts/ids.js';
import { createCodec } from '@tiketi/shared-kernel/event-sourcing/codec.js';
import type { WriterObservation } from '@tiketi/shared-kernel/event-sourcing/serial-writer/types.js';
import { createSerialWriter } from '@tiketi/shared-kernel/event-sourcing/serial-writer.js';
import { createModelStore } from '@tiketi/shared-kernel/event-sourcing/testing/model-store.js';
import { createDatabase, runMigrations } from '@tiketi/shared-kernel/service/database.js';
import type { Kysely } from 'kysely';
import { SCHEMA } from '../booking-process/consumers.js';
import { migrations, type ReservationDatabase } from '../database.js';
import { decideOf, type InventoryCommand } from '../inventory/commands.js';
import { inventory } from '../inventory/inventory.js';
import { anna, at, scheduled, wantedBy } from '../testing/facts.js';
import { dropOldSnapshots, inventorySnapshots } from './inventory-snapshots.js';
import { INVENTORY_FOLD } from './inventory-state.js';

const uuid = (n: number): string => `5f0e0000-0000-4000-9000-${String(n).padStart(12, '0')}`;
const idsOf = (n: number) => ({
  reservationId: ReservationId.parse(uuid(n)),
  reservationNumber: ReservationNumber.parse(`TK-0000-0000-${String(n).padStart(4, '0')}-A`),
});
const manyEach = { ...scheduled, terms: { ...scheduled.terms, maxSeatsPerBuyer: 20 } };
const hold = (n: number): InventoryCommand => ({ kind: 'hold', ...wantedBy(anna, idsOf(n), [`A-1-${n}`]) });

describe('snapshots of inventories', () => {
  let database: TestDatabase;
  let db: Kysely<ReservationDatabase>;
  let stream = 0;
  beforeAll(async () => {
    database = await testDatabase();
    db = createDatabase<ReservationDatabase>({
      url: database.url,
      schema: SCHEMA,
      applicationName: 'snapshots-test',
      rebuildable: true,
    });
    await runMigrations(db, SCHEMA, migrations);
  }, 60_000);
  afterAll(async () => {
    await db.destroy();
    await database.close();
  });

  const setUp = () => {
    stream += 1;
    const seen: WriterObservation[] = [];
    const store = createModelStore();
    const name = `inventory-${stream}`;
    const open = () =>
      createSerialWriter({
        ...{ store, codec: createCodec(inventoryEvents), aggregate: inventory, stream: name },
        snapshot: inventorySnapshots(db),
        snapshotEvery: 3,
        snapshotPauseMs: 0,
        observe: (observation) => seen.push(observation),
      });
    const run = (writer: ReturnType<typeof open>, command: InventoryCommand, id: string) =>
      writer.submit(decideOf(command), {
        ...{ commandId: CommandId.parse(id), correlationId: id, causationId: id },
        actor: { id: 'test', role: 'service' },
      });
    /** An opened inventory with holds on seats 1 to 4, closed again. */
    const sold = async () => {
      const writer = open();
      await run(writer, { kind: 'open', scheduled: manyEach, now: at('09:00') }, 'open');
      for (const n of [1, 2, 3, 4]) await run(writer, hold(n), `hold ${n}`);
      await writer.close();
    };
    const rows = () =>
      db.selectFrom('inventory_snapshots').select(['revision', 'fold_version']).where('stream', '=', name).execute();
    const loaded = () => seen.findLast(({ kind }) => kind === 'loaded');
    return { seen, store, name, open, run, sold, rows, loaded };
  };

  it('let a replica that opens the stream begin where another left it', async () => {
    const { open, run, sold, rows, loaded } = setUp();
    await sold();
    expect(await rows()).toEqual([{ revision: '4', fold_version: INVENTORY_FOLD }]);
    const writer = open();
    expect(await run(writer, hold(4), 'again')).toMatchObject({ kind: 'accepted', repeated: true });
    expect(loaded()).toMatchObject({ fromSnapshot: true });
    const rival = { ...hold(5), ...wantedBy(anna, idsOf(5), ['A-1-1']) };
    expect(await run(writer, rival, 'rival')).toMatchObject({ kind: 'refused', refusal: 'SeatTaken' });
    await writer.close();
  });

  it('are never replaced by older ones', async () => {
    const { name, sold, rows, open } = setUp();
    await sold();
    const snapshots = inventorySnapshots(db);
    const newest = await snapshots.load(name);
    if (newest === undefined) throw new Error('no snapshot');
    await snapshots.save(name, { ...newest, revision: 2n, eventId: 'older' });
    expect(await rows()).toEqual([{ revision: '4', fold_version: INVENTORY_FOLD }]);
    expect(await snapshots.load(name)).toMatchObject({ revision: 4n, eventId: newest.eventId, position: newest.position });
    await open().close();
  });

  it('of the fold before are not read, even where they could be, and left to the release that made them', async () => {
    const { name, open, run, sold, rows, loaded } = setUp();
    await sold();
    await db.updateTable('inventory_snapshots').set({ fold_version: 1 }).where('stream', '=', name).execute();
    const writer = open();
    await run(writer, hold(6), 'hold 6');
    expect(loaded()).toMatchObject({ fromSnapshot: false, events: 5 });
    await writer.close();
    expect((await rows()).map(({ fold_version }) => fold_version).sort()).toEqual([1, INVENTORY_FOLD]);
  });

  it('know every reservation that was released', async () => {
    const { open, run, sold, loaded } = setUp();
    await sold();
    const first = open();
    const gone = { reservationId: idsOf(2).reservationId, reason: 'expired', now: at('10:11') } as const;
    await run(first, { kind: 'release', ...gone }, 'release');
    for (const n of [5, 6, 7]) await run(first, hold(n), `hold ${n}`);
    await first.close();
    const second = open();
    expect(await run(second, hold(2), 'anew')).toMatchObject({ kind: 'refused', refusal: 'ReservationClosed' });
    const other = { ...hold(2), ...wantedBy(anna, idsOf(2), ['A-1-9']) };
    expect(await run(second, other, 'other')).toMatchObject({ kind: 'refused', refusal: 'KeyReused' });
    expect(await run(second, { kind: 'release', ...gone }, 'again')).toMatchObject({ kind: 'accepted', repeated: true });
    expect(loaded()).toMatchObject({ fromSnapshot: true });
    await second.close();
  });

  it('that cannot be read, or are ahead of a restored stream, cost a replay and nothing else', async () => {
    const { open, run, sold, rows, loaded, seen, store, name } = setUp();
    await sold();
    await db
      .updateTable('inventory_snapshots')
      .set({ state: Buffer.from('no state') })
      .where('stream', '=', name)
      .execute();
    const first = open();
    expect(await run(first, hold(5), 'hold 5')).toMatchObject({ kind: 'accepted', revision: 5n });
    expect(loaded()).toMatchObject({ fromSnapshot: false });
    expect(seen.some(({ kind }) => kind === 'snapshotFailed')).toBe(true);
    await first.close();
    expect(await rows()).toEqual([{ revision: '5', fold_version: INVENTORY_FOLD }]);

    (store.log.stream(name) as unknown[]).splice(3);
    const second = open();
    expect(await run(second, hold(4), 'hold 4 anew')).toMatchObject({ kind: 'accepted', revision: 3n, repeated: false });
    expect(seen).toContainEqual({ kind: 'snapshotDiscarded', revision: 5n });
    await second.close();
    expect(await rows()).toEqual([{ revision: '3', fold_version: INVENTORY_FOLD }]);
  });

  it('that nobody has written for months are dropped', async () => {
    const { name, sold, rows } = setUp();
    await sold();
    await dropOldSnapshots(db);
    expect(await rows()).toHaveLength(1);
    await db
      .updateTable('inventory_snapshots')
      .set({ saved_at: new Date('2020-01-01') })
      .where('stream', '=', name)
      .execute();
    await dropOldSnapshots(db);
    expect(await rows()).toHaveLength(0);
  });
});
