import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { type TestDatabase, testDatabase } from '@tiketi/local/parts/test-postgres.js';
import { until } from '@tiketi/local/parts/until.js';
import { CommandId } from '@tiketi/shared-kernel/contracts/ids.js';
import { systemClock } from '@tiketi/shared-kernel/event-sourcing/clock.js';
import { type AppendAttempt, type EventStore, StoreRefusedError } from '@tiketi/shared-kernel/event-sourcing/event-store/port.js';
import { createModelStore } from '@tiketi/shared-kernel/event-sourcing/testing/model-store.js';
import { recordingLogger } from '@tiketi/shared-kernel/service/testing/recording-logger.js';
import type { Kysely } from 'kysely';
import { createAccount, grantRole } from '../accounts/create-account.js';
import type { AuthDatabase, UserRow } from '../tables.js';
import { openTestDatabase } from '../testing/auth-under-test.js';
import { type OutboxPublisher, startOutboxPublisher } from './publisher.js';

const cause = { correlationId: 'outbox-test', actor: 'configuration' } as const;
const METADATA = {
  $correlationId: 'c',
  $causationId: 'c',
  commandId: CommandId.parse('c'),
  actor: { id: 'x', role: 'x' },
  schemaVersion: 1,
};
let postgres: TestDatabase;
let db: Kysely<AuthDatabase>;
let publishers: OutboxPublisher[] = [];

beforeAll(async () => {
  postgres = await testDatabase();
  db = await openTestDatabase(postgres.url);
}, 60_000);
afterAll(async () => {
  await db.destroy();
  await postgres.close();
});
beforeEach(() => {
  publishers = [];
});
afterEach(async () => {
  await Promise.all(publishers.map((publisher) => publisher.stop()));
  await db.deleteFrom('outbox').execute();
});

let people = 0;
const account = (): Promise<UserRow> =>
  db.transaction().execute(async (tx) => {
    people += 1;
    const made = await createAccount(tx, { email: `o${people}@example.com`, passwordHash: 'x', name: 'x' }, cause, Date.now());
    if (made === undefined) throw new Error('address taken');
    await grantRole(tx, made.id, 'admin', cause, Date.now());
    await grantRole(tx, made.id, 'analyst', cause, Date.now());
    await grantRole(tx, made.id, 'analyst', cause, Date.now());
    return made;
  });

const start = (store: EventStore): OutboxPublisher => {
  const publisher = startOutboxPublisher({ db, store, logger: recordingLogger().logger });
  publishers.push(publisher);
  return publisher;
};

const rows = () => db.selectFrom('outbox').selectAll().orderBy('sequence').execute();
const allSettled = () =>
  until(async () => (await rows()).every((row) => row.published_at !== null || row.parked_reason !== null), {
    deadline: 10_000,
    every: 10,
    what: 'the outbox to be empty',
  });

/** Each account's stream must be exactly its rows, in order, id by id. */
const expectStreamsToEqualRows = async (store: ReturnType<typeof createModelStore>) => {
  for (const row of await rows()) {
    const event = store.log.stream(`user-${row.user_id}`)[row.version];
    expect(event).toMatchObject({ id: row.event_id, type: row.type, data: row.data });
  }
  expect(store.log.events).toHaveLength((await rows()).length);
};

describe('the outbox', () => {
  it('makes version n of an account event n of its stream', async () => {
    const { id } = await account();
    const store = createModelStore();
    start(store);
    await allSettled();
    expect(store.log.stream(`user-${id}`).map(({ type, revision }) => [type, revision])).toEqual([
      ['UserRegistered', 0n],
      ['RoleGranted', 1n],
      ['RoleGranted', 2n],
    ]);
    await expectStreamsToEqualRows(store);
  });

  it('sends what is recorded while it runs, once woken', async () => {
    const store = createModelStore();
    const publisher = start(store);
    await account();
    publisher.wake();
    await allSettled();
    await expectStreamsToEqualRows(store);
  });

  it('records nothing when the change is rolled back', async () => {
    const failing = db.transaction().execute(async (tx) => {
      await createAccount(tx, { email: 'gone@example.com', passwordHash: 'x', name: 'x' }, cause, Date.now());
      throw new Error('no');
    });
    await expect(failing).rejects.toThrow('no');
    expect(await rows()).toEqual([]);
  });

  it('stores each event once though two replicas send everything and acknowledgements get lost', async () => {
    await Promise.all(Array.from({ length: 12 }, account));
    let appends = 0;
    const store = createModelStore(systemClock, {
      append: () => {
        appends += 1;
        const lost = appends % 3 === 0;
        return {
          landsAfterMs: appends % 5 === 0 ? undefined : appends % 4,
          hears: lost || appends % 5 === 0 ? { unknownAfterMs: 1 } : 'truth',
        };
      },
      read: () => ({ delayMs: 0, breaksAfter: undefined, shows: 'end' }),
    });
    start(store);
    start(store);
    await allSettled();
    await expectStreamsToEqualRows(store);
  });

  it('resumes after a crash between append and mark', async () => {
    await account();
    const store = createModelStore();
    start(store);
    await allSettled();
    await publishers[0]?.stop();
    await db.updateTable('outbox').set({ published_at: null }).execute();
    start(store);
    await allSettled();
    await expectStreamsToEqualRows(store);
  });

  it('parks what the store refuses for good and what another event displaced, without stopping other accounts', async () => {
    const refused = await account();
    const displaced = await account();
    const healthy = await account();
    const model = createModelStore();
    const stranger: AppendAttempt = {
      stream: `user-${displaced.id}`,
      expected: 'no_stream',
      events: [{ id: '99999999-9999-4999-8999-999999999999', type: 'Odd', data: {}, metadata: METADATA }],
    };
    await model.append(stranger);
    const store: EventStore = {
      ...model,
      append: (attempt) =>
        attempt.stream === `user-${refused.id}` ? Promise.reject(new StoreRefusedError('stream deleted')) : model.append(attempt),
    };
    start(store);
    const stateOf = async (id: string) =>
      (await rows())
        .filter((row) => row.user_id === id)
        .map((row) => row.parked_reason ?? (row.published_at === null ? 'held' : 'sent'));
    await until(async () => (await rows()).filter((row) => row.published_at ?? row.parked_reason).length === 5, {
      deadline: 5000,
      every: 10,
      what: 'three sent and two parked',
    });
    expect(await stateOf(refused.id)).toEqual(['stream deleted', 'held', 'held']);
    expect(await stateOf(displaced.id)).toEqual([expect.stringContaining('revision 0 holds another event'), 'held', 'held']);
    expect(await stateOf(healthy.id)).toEqual(['sent', 'sent', 'sent']);
  });

  it('waits for a store that is away', async () => {
    await account();
    const model = createModelStore();
    let away = true;
    let tries = 0;
    const store: EventStore = {
      ...model,
      append: (attempt) => {
        tries += 1;
        return away ? Promise.resolve({ kind: 'unknown', cause: 'unavailable' }) : model.append(attempt);
      },
    };
    const publisher = start(store);
    await until(() => tries >= 2, { deadline: 5000, every: 10, what: 'a second try' });
    away = false;
    publisher.wake();
    await allSettled();
    await expectStreamsToEqualRows(model);
  });
});
