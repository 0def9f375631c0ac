import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { type TestDatabase, testDatabase } from '@tiketi/local/parts/test-postgres.js';
import { sql } from 'kysely';
import { startConsumers } from './runtime.js';
import { migrateConsumerTables } from './tables.js';
import { connect, quiet } from './testing/harness.js';
import { createMemoryLog } from './testing/memory-log.js';
import { createNotes, noteConsumer } from './testing/notes.js';

let database: TestDatabase;
beforeAll(async () => {
  database = await testDatabase();
}, 60_000);
afterAll(() => database.close());

it('a role that owns nothing but its schema migrates, again and at once with others, and runs consumers', async () => {
  const admin = connect(database.url);
  const role = `owner_${Date.now()}`;
  await sql`CREATE ROLE ${sql.id(role)} LOGIN PASSWORD 'secret'`.execute(admin);
  await sql`REVOKE CREATE ON SCHEMA public FROM PUBLIC`.execute(admin);
  await sql`CREATE SCHEMA mine AUTHORIZATION ${sql.id(role)}`.execute(admin);
  const url = new URL(database.url);
  url.username = role;
  url.password = 'secret';
  const db = connect(url.href);
  try {
    await Promise.all([1, 2, 3].map(() => migrateConsumerTables(db, 'mine')));
    await migrateConsumerTables(db, 'mine');
    const notes = await createNotes(admin, 'mine');
    await sql`GRANT ALL ON mine.notes TO ${sql.id(role)}`.execute(admin);
    const log = createMemoryLog();
    const event = log.put('note-a', 'Noted', { key: 'a', text: '1' });
    const running = startConsumers({ store: log, db, schema: 'mine', consumers: [noteConsumer('notes', 'mine')], logger: quiet });
    expect(await running.waitFor('notes', event.position.commit, 5_000)).toBe(true);
    await running.stop();
    expect(await notes.of('notes')).toHaveLength(1);
  } finally {
    await db.destroy();
    await sql`DROP SCHEMA mine CASCADE`.execute(admin);
    await sql`DROP ROLE ${sql.id(role)}`.execute(admin);
    await admin.destroy();
  }
}, 30_000);
