import { expect } from '@jest/globals';
import { type Kysely, sql } from 'kysely';
import type { Consumer } from '../consumers/consumer.js';
import type { JsonValue } from '../consumers/effects.js';
import { migrateConsumerTables } from '../consumers/tables.js';
import { deliverTwice } from '../consumers/testing/deliver.js';
import { createTape, type TestEvent } from '../consumers/testing/tape.js';

/** As much of an effect as the test cares about. */
export type ExpectedEffect = {
  readonly kind: string;
  readonly id?: string;
  readonly key?: string;
  readonly dueAt?: Date;
  readonly payload?: JsonValue;
};

type EffectRow = Required<ExpectedEffect> & { readonly closed: boolean };

export type ProcessThen = {
  /** Exactly these new effects, in the order asked for. */
  readonly asks: (...effects: readonly ExpectedEffect[]) => Promise<void>;
  readonly asksNothing: () => Promise<void>;
  /** Exactly these effects, asked for before, need not run any more. */
  readonly closes: (...ids: readonly string[]) => Promise<void>;
};

/**
 * Given these events have been handled, when these come, then these effects are asked for: given/when/then for a
 * process, on a real database, each event delivered twice. `schema` is where the process keeps its effects; the
 * tables of its own state must exist. Each `given` begins with no effects.
 */
export const processScenarios = <DB>(o: { readonly db: Kysely<DB>; readonly schema: string; readonly consumer: Consumer }) => {
  const table = (name: string) => sql.id(o.schema, name);
  const rows = async (): Promise<EffectRow[]> => {
    const found = await sql<EffectRow>`SELECT id, key, kind, due_at AS "dueAt", payload, closed_at IS NOT NULL AS closed
      FROM ${table('effect')} ORDER BY sequence`.execute(o.db);
    return found.rows;
  };
  const openIds = (of: readonly EffectRow[]) => of.flatMap((row) => (row.closed ? [] : [row.id]));

  const play = async (history: readonly TestEvent[], events: readonly TestEvent[]) => {
    await migrateConsumerTables(o.db, o.schema);
    await sql`TRUNCATE ${table('effect')}, ${table('effect_key')}, ${table('parked')}, ${table('checkpoint')}, ${table('lease')}`.execute(
      o.db,
    );
    const tape = createTape();
    const deliver = (some: readonly TestEvent[]) =>
      deliverTwice(
        o,
        some.map((e) => tape.record(e.stream ?? 'test-stream', e.type, e.data)),
      );
    await deliver(history);
    const before = await rows();
    await deliver(events);
    const after = await rows();
    const known = new Set(before.map((row) => row.id));
    const stillOpen = new Set(openIds(after));
    return {
      asked: after.filter((row) => !known.has(row.id)),
      closed: openIds(before).filter((id) => !stillOpen.has(id)),
    };
  };

  return {
    given: (...history: readonly TestEvent[]) => ({
      when: (...events: readonly TestEvent[]): ProcessThen => {
        let played: ReturnType<typeof play> | undefined;
        const outcome = () => {
          played ??= play(history, events);
          return played;
        };
        const asks: ProcessThen['asks'] = async (...effects) => {
          const { asked } = await outcome();
          expect(asked).toEqual(effects.map((effect) => expect.objectContaining(effect)));
        };
        return {
          asks,
          asksNothing: () => asks(),
          closes: async (...ids) => expect((await outcome()).closed.sort()).toEqual([...ids].sort()),
        };
      },
    }),
  };
};
