import type { Kysely } from 'kysely';
import type { StoredEvent } from '../../event-store/port.js';
import { takeCheckpoint } from '../checkpoint.js';
import type { Consumer } from '../consumer.js';
import { holdLeases } from '../leases.js';
import { isAfter } from '../position.js';
import { type Progress, startRun } from '../run.js';
import { createSignal } from '../signal.js';

export type Delivery<DB> = { readonly db: Kysely<DB>; readonly schema: string; readonly consumer: Consumer };

const silent = { info: () => undefined, warn: () => undefined, error: () => undefined };

/** One tenure of the consumer, from the stored checkpoint, over these events. */
const tenure = async <DB>(o: Delivery<DB>, events: readonly StoredEvent[]): Promise<void> => {
  const { consumer, schema } = o;
  // only the runtime's own tables are used through it
  const db = o.db as unknown as Kysely<unknown>;
  const leases = await holdLeases(db, { schema, holder: 'test', leaseMs: 60_000 }, [consumer.name], new Map());
  const epoch = leases.get(consumer.name) ?? 0n;
  const taken = await takeCheckpoint(db, schema, { name: consumer.name, version: consumer.version ?? 1, epoch });
  const progress: Progress = { position: taken.position, processed: 0, parkedKeys: 0, caughtUp: true, trouble: undefined };
  const end = events.at(-1)?.position;
  let fault: string | undefined;
  const settled = createSignal();
  const run = startRun({
    db,
    schema,
    consumer,
    epoch,
    parked: new Set(),
    progress,
    idleMs: 10_000,
    batchSize: 1_000,
    flushMs: 0,
    gatherMs: 0,
    logger: silent,
    observe: (seen) => {
      if (seen.kind === 'parked' || seen.kind === 'stopped' || seen.kind === 'retry') fault ??= `${seen.kind}: ${seen.reason}`;
      settled.raise();
    },
    onMoved: settled.raise,
    onEnded: (_run, why) => {
      fault ??= why === 'lost' ? 'the checkpoint was moved by another' : 'stopped';
      settled.raise();
    },
  });
  for (const event of events) {
    run.take(event);
    run.take(event);
  }
  while (fault === undefined && end !== undefined && isAfter(end, progress.position)) await settled.wait();
  await run.stop();
  if (fault !== undefined) throw new Error(`${consumer.name}: ${fault}`);
};

/** Delivers each event twice to one tenure, then all of them again to its successor. */
export const deliverTwice = async <DB>(o: Delivery<DB>, events: readonly StoredEvent[]): Promise<void> => {
  await tenure(o, events);
  await tenure(o, events);
};
