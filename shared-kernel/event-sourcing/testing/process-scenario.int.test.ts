import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { type TestDatabase, testDatabase } from '@tiketi/local/parts/test-postgres.js';
import type { Kysely, Transaction } from 'kysely';
import { type UserEvent, userEvents } from '../../contracts/events/user.js';
import { UserId } from '../../contracts/ids.js';
import { instantOf } from '../../contracts/time.js';
import { createCodec, type Recorded } from '../codec.js';
import type { Consumer } from '../consumers/consumer.js';
import { addEffects, closeEffects } from '../consumers/effects.js';
import { connect } from '../consumers/testing/harness.js';
import type { TestEvent } from '../consumers/testing/tape.js';
import { processScenarios } from './process-scenario.js';

let database: TestDatabase;
let db: Kysely<unknown>;
beforeAll(async () => {
  database = await testDatabase();
  db = connect(database.url);
}, 60_000);
afterAll(async () => {
  await db.destroy();
  await database.close();
});

const codec = createCodec(userEvents);

/** Welcomes whoever registers, a minute later; a role in the meantime makes the welcome needless. */
const welcome: Consumer = {
  name: 'welcome',
  codec,
  handles: new Set(codec.types),
  onFailure: 'park',
  keyOf: (event: Recorded<UserEvent>) => event.data.userId,
  apply: async (tx: Transaction<unknown>, batch: readonly Recorded<UserEvent>[]) => {
    for (const event of batch) {
      const id = `welcome:${event.data.userId}`;
      if (event.type === 'RoleGranted') await closeEffects(tx, 'welcome', [id]);
      else {
        const dueAt = new Date(Date.parse(event.data.registeredAt) + 60_000);
        const { $correlationId: correlationId } = event.metadata;
        const payload = { to: event.data.userId };
        await addEffects(tx, 'welcome', [
          { id, key: event.data.userId, kind: 'welcome', dueAt, payload, correlationId, causationId: event.id },
        ]);
      }
    }
  },
};

const userId = UserId.parse(randomUUID());
const at = Date.UTC(2030, 0, 1);
const registered: TestEvent = {
  type: 'UserRegistered',
  data: { userId, provider: 'LOCAL', roles: [], registeredAt: instantOf(at) },
};
const granted: TestEvent = { type: 'RoleGranted', data: { userId, role: 'admin', grantedAt: instantOf(at) } };

it('asserts what a process asks for and what it closes', async () => {
  const { given } = processScenarios({ db, schema: 'welcome', consumer: welcome });
  await given()
    .when(registered)
    .asks({
      kind: 'welcome',
      key: userId,
      dueAt: new Date(at + 60_000),
      payload: { to: userId },
    });
  const then = given(registered).when(granted);
  await then.asksNothing();
  await then.closes(`welcome:${userId}`);
  await expect(given().when(granted).asks({ kind: 'welcome' })).rejects.toThrow();
});
