import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { type TestDatabase, testDatabase } from '@tiketi/local/parts/test-postgres.js';
import { until } from '@tiketi/local/parts/until.js';
import { PerformanceId } from '@tiketi/shared-kernel/contracts/ids.js';
import { createDatabase, runMigrations } from '@tiketi/shared-kernel/service/database.js';
import { recordingLogger } from '@tiketi/shared-kernel/service/testing/recording-logger.js';
import { type Kysely, sql } from 'kysely';
import { SCHEMA } from '../booking-process/consumers.js';
import { migrations, type ReservationDatabase } from '../database.js';
import { createMembership, type Membership } from './membership.js';

const performances = Array.from({ length: 100 }, () => PerformanceId.parse(randomUUID()));
const BEAT_MS = 40;
const GONE_AFTER_MS = 500;

describe('replicas that know of each other', () => {
  let database: TestDatabase;
  let db: Kysely<ReservationDatabase>;
  const joined: Membership[] = [];
  const open = () => createDatabase<ReservationDatabase>({ url: database.url, schema: SCHEMA, applicationName: 'members' });
  beforeAll(async () => {
    database = await testDatabase();
    db = open();
    await runMigrations(db, SCHEMA, migrations);
  }, 60_000);
  afterEach(async () => {
    await Promise.all(joined.splice(0).map((member) => member.leave()));
    await db.deleteFrom('replicas').execute();
  });
  afterAll(async () => {
    await db.destroy();
    await database.close();
  });

  const join = async (baseUrl: string, at = db) => {
    const recorded = recordingLogger();
    const member = createMembership({ db: at, logger: recorded.logger, beatMs: BEAT_MS, goneAfterMs: GONE_AFTER_MS });
    joined.push(member);
    await member.join(baseUrl);
    return { ...member, warnings: () => recorded.lines().filter(({ level }) => level === 'warn' || level === 40) };
  };
  const sees = (member: Membership, size: number) =>
    until(() => member.size() === size, { deadline: 5000, every: 10, what: `${size} replicas to be seen` });
  const ownerSeenBy = (member: Membership, self: string) => (id: PerformanceId) => member.ownerOf(id)?.baseUrl ?? self;

  it('agree on the owner of every performance, and each owns some', async () => {
    const urls = ['http://one', 'http://two', 'http://three'];
    const members: Membership[] = [];
    for (const url of urls) members.push(await join(url));
    for (const member of members) await sees(member, 3);
    const [first = [], ...views] = members.map((member, n) => performances.map(ownerSeenBy(member, urls[n] ?? '')));
    for (const view of views) expect(view).toEqual(first);
    expect(new Set(first)).toEqual(new Set(urls));
  });

  it('own all of it alone, before they join and after the others have left', async () => {
    const alone = createMembership({ db, logger: recordingLogger().logger });
    expect(performances.map(alone.ownerOf).filter(Boolean)).toEqual([]);
    const one = await join('http://one');
    expect(performances.map(one.ownerOf).filter(Boolean)).toEqual([]);
    const two = await join('http://two');
    await sees(one, 2);
    await two.leave();
    await sees(one, 1);
    expect(performances.map(one.ownerOf).filter(Boolean)).toEqual([]);
    expect(performances.map(two.ownerOf).filter(Boolean)).toEqual([]);
  });

  it('pass over one that has not been seen for a while, and see it again when it is back', async () => {
    const one = await join('http://one');
    const dead = randomUUID();
    const seen = (ago: string) =>
      sql`
      insert into replicas (replica_id, base_url, started_at, seen_at)
      values (${dead}::uuid, 'http://dead', now(), clock_timestamp() - ${ago}::interval)
      on conflict (replica_id) do update set seen_at = excluded.seen_at`.execute(db);
    await seen('0 s');
    await sees(one, 2);
    await sees(one, 1);
    await seen('0 s');
    await sees(one, 2);
  });

  it('take the place of whoever was at their address before', async () => {
    const one = await join('http://one');
    await sql`
      insert into replicas (replica_id, base_url, started_at, seen_at)
      values (${randomUUID()}::uuid, 'http://two', now(), clock_timestamp() + interval '1 hour')`.execute(db);
    await sees(one, 2);
    await join('http://two');
    const rows = await db.selectFrom('replicas').select('base_url').orderBy('base_url').execute();
    expect(rows.map(({ base_url }) => base_url)).toEqual(['http://one', 'http://two']);
  });

  it('go by what they saw last while the database is away, and say so once', async () => {
    const theirs = open();
    const one = await join('http://one', theirs);
    await join('http://two');
    await sees(one, 2);
    await theirs.destroy();
    await until(() => one.warnings().length > 0, { deadline: 5000, every: 10, what: 'the outage to be noticed' });
    await new Promise((resolve) => setTimeout(resolve, 4 * BEAT_MS));
    expect(one.warnings()).toHaveLength(1);
    expect(one.size()).toBe(2);
  });
});
