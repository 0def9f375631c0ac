import type { Kysely } from 'kysely';
import type { Consumer } from '../consumers/consumer.js';
import { migrateConsumerTables } from '../consumers/tables.js';
import { deliverTwice } from '../consumers/testing/deliver.js';
import { createTape, type TestEvent } from '../consumers/testing/tape.js';

export type ProjectionTest = {
  /**
   * Through the real checkpoint: each event comes twice, and all of them once more to a successor that starts from
   * the stored checkpoint. Throws where one is parked or stops the projection.
   */
  readonly deliver: (...events: readonly TestEvent[]) => Promise<void>;
  /** Handled types no `deliver` has reached: a test file ends by expecting none. */
  readonly unreached: () => readonly string[];
};

/** Plays events to a projection on a real database whose own tables exist already. */
export const openProjectionTest = async <DB>(o: {
  readonly db: Kysely<DB>;
  readonly projection: Consumer;
  /** For the checkpoint; made if missing. Default `projection_test`. */
  readonly schema?: string;
}): Promise<ProjectionTest> => {
  const schema = o.schema ?? 'projection_test';
  await migrateConsumerTables(o.db, schema);
  const tape = createTape();
  const reached = new Set<string>();
  return {
    deliver: async (...events) => {
      const stored = events.map((e) =>
        tape.record(e.stream ?? 'test-stream', e.type, e.data, e.recordedAt === undefined ? {} : { recordedAt: e.recordedAt }),
      );
      await deliverTwice({ db: o.db, schema, consumer: o.projection }, stored);
      for (const event of events) reached.add(event.type);
    },
    unreached: () => [...o.projection.handles].filter((type) => !reached.has(type)),
  };
};
