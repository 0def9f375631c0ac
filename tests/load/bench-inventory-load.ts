import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { freePort } from '@tiketi/local/parts/free-port.js';
import { repositoryRoot } from '@tiketi/local/parts/repository.js';
import { testDatabase } from '@tiketi/local/parts/test-postgres.js';
import { until } from '@tiketi/local/parts/until.js';
import { migrations, type ReservationDatabase } from '@tiketi/reservation/database.js';
import type { InventoryCommand } from '@tiketi/reservation/inventory/commands.js';
import { decideOf } from '@tiketi/reservation/inventory/commands.js';
import { inventory } from '@tiketi/reservation/inventory/inventory.js';
import { inventorySnapshots } from '@tiketi/reservation/snapshots/inventory-snapshots.js';
import { encodeInventory } from '@tiketi/reservation/snapshots/inventory-state.js';
import { inventoryEvents } from '@tiketi/shared-kernel/contracts/events/inventory.js';
import { CommandId } from '@tiketi/shared-kernel/contracts/ids.js';
import { createCodec } from '@tiketi/shared-kernel/event-sourcing/codec.js';
import { canRead } from '@tiketi/shared-kernel/event-sourcing/event-store/can-read.js';
import { connectEventStore } from '@tiketi/shared-kernel/event-sourcing/event-store/eventstoredb.js';
import type { StoredEvent } from '@tiketi/shared-kernel/event-sourcing/event-store/port.js';
import { createSerialWriter } from '@tiketi/shared-kernel/event-sourcing/serial-writer.js';
import { createDatabase, runMigrations } from '@tiketi/shared-kernel/service/database.js';
import { soldOutHall } from './sold-out-hall.js';

/**
 * What it takes to have the inventory of a hall of 15,000 seats, each held and sold (30,001 events), in memory again: by replaying all of
 * it, and from a snapshot. And what writing that snapshot costs the process.
 */
const RUNS = 5;
const SEATS = 15_000;
const AT_ONCE = 1000;
const NAME = 'inventory-measured';

const home = await mkdtemp(path.join(tmpdir(), 'tiketi-load-'));
const port = await freePort();
const node = spawn(process.execPath, [path.join(repositoryRoot(), 'local/dist/event-store-node/main.js')], {
  env: {
    ...process.env,
    EVENT_STORE_NODE_DIR: home,
    EVENT_STORE_NODE_PORT: String(port),
    TIKETI_PARENT_PID: String(process.pid),
  },
  stdio: ['ignore', 'ignore', 'inherit'],
});
const store = connectEventStore({ url: `esdb://127.0.0.1:${port}?tls=false`, connectionName: 'inventory-load' });
const database = await testDatabase();
const db = createDatabase<ReservationDatabase>({ url: database.url, schema: 'reservation', applicationName: 'inventory-load' });

const middle = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
const timed = async (work: () => Promise<unknown>): Promise<number> => {
  const begun = performance.now();
  await work();
  return performance.now() - begun;
};

try {
  await until(
    () =>
      canRead(store).then(
        () => true,
        () => false,
      ),
    { deadline: 20_000, what: 'the event store' },
  );
  await runMigrations(db, 'reservation', migrations);
  const parts = { store, codec: createCodec(inventoryEvents), aggregate: inventory, stream: NAME };
  const writer = createSerialWriter(parts);
  const run = (command: InventoryCommand, id: string) =>
    writer.submit(decideOf(command), {
      ...{ commandId: CommandId.parse(id), correlationId: id, causationId: id },
      actor: { id: 'bench', role: 'service' },
    });
  const { open, holds, sales } = soldOutHall(SEATS);
  await run(open, 'open');
  for (const commands of [holds, sales]) {
    for (let at = 0; at < SEATS; at += AT_ONCE) {
      await Promise.all(commands.slice(at, at + AT_ONCE).map((command, n) => run(command, `${command.kind} ${at + n}`)));
    }
  }
  const { state, revision } = await writer.state();
  console.log(`${Number(revision) + 1} events of ${SEATS} seats`);

  const load = (snapshot?: ReturnType<typeof inventorySnapshots>) => async () => {
    await createSerialWriter({ ...parts, ...(snapshot === undefined ? {} : { snapshot }) }).state();
  };
  const repeated = async (work: () => Promise<unknown>): Promise<number[]> => {
    const times: number[] = [];
    for (let n = 0; n <= RUNS; n += 1) times.push(await timed(work));
    return times.slice(1);
  };
  const replay = await repeated(load());

  const snapshots = inventorySnapshots(db);
  let last: StoredEvent | undefined;
  for await (const event of store.readStream(NAME, { from: 'end', direction: 'backwards', maxCount: 1 })) last = event;
  if (last === undefined || revision === undefined) throw new Error('nothing stored');
  const { position, id: eventId } = last;
  const delay = monitorEventLoopDelay({ resolution: 1 });
  delay.enable();
  const processor = process.cpuUsage();
  const saving = await timed(() =>
    snapshots.save(NAME, { state, revision, position, eventId, foldVersion: snapshots.foldVersion }),
  );
  const { user, system } = process.cpuUsage(processor);
  delay.disable();
  const resumed = await repeated(load(snapshots));
  const bytes = await encodeInventory(state);

  const ms = (value: number): string => `${value.toFixed(0)} ms`;
  console.log(`Full replay       ${ms(middle(replay))} (median of ${RUNS}: ${replay.map(ms).join(', ')})`);
  console.log(`From a snapshot   ${ms(middle(resumed))} (median of ${RUNS}: ${resumed.map(ms).join(', ')})`);
  console.log(
    `Writing one       ${ms(saving)}, ${ms((user + system) / 1000)} of processor, ${(bytes.length / 2 ** 20).toFixed(1)} MiB; others waited ${ms(delay.max / 1e6)} at most`,
  );
} finally {
  await store.close();
  await db.destroy();
  await database.close();
  node.kill('SIGTERM');
  await once(node, 'exit');
  await rm(home, { recursive: true, force: true });
}
