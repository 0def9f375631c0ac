import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { type TestDatabase, testDatabase } from '@tiketi/local/parts/test-postgres.js';
import { OrderId } from '@tiketi/shared-kernel/contracts/ids.js';
import { instantOf } from '@tiketi/shared-kernel/contracts/time.js';
import { createDatabase, runMigrations } from '@tiketi/shared-kernel/service/database.js';
import { type Kysely, sql } from 'kysely';
import { migrations, type PaymentDatabase, SCHEMA } from '../database.js';
import { forgetAccounts } from './forget-accounts.js';
import { createVirtualAccounts } from './virtual-accounts.js';

const secret = 'a secret of the tests, long enough';
const order = OrderId.parse('order-1');
const other = OrderId.parse('order-2');
const issued = { accountNumber: 'X6505637000784', bankCode: '20', dueBy: instantOf(Date.parse('2026-05-02T10:00:00Z')) };
const receiving = { bank: '20', accountNumber: '110123456789', holderName: '김철수' };

let server: TestDatabase;
let db: Kysely<PaymentDatabase>;
beforeAll(async () => {
  server = await testDatabase();
  db = createDatabase<PaymentDatabase>({ url: server.url, schema: SCHEMA, applicationName: 'test', max: 3 });
  await runMigrations(db, SCHEMA, migrations);
}, 60_000);
beforeEach(async () => {
  for (const table of ['virtual_accounts', 'refund_accounts', 'refunds'] as const) await db.deleteFrom(table).execute();
});
afterAll(async () => {
  await db?.destroy();
  await server?.close();
});

const accounts = (more = secret) => createVirtualAccounts({ db, secret: more });

describe('virtual accounts', () => {
  it('are found again, the newest of an order', async () => {
    const { save, find, saveRefundAccount, refundAccount } = accounts();
    expect([await find(order), await refundAccount(order)]).toEqual([undefined, undefined]);
    await save(order, issued, 'old');
    await save(order, issued, 'ps_1');
    await saveRefundAccount(order, { ...receiving, holderName: '이영희' });
    await saveRefundAccount(order, receiving);
    expect(await find(order)).toEqual({ ...issued, secret: 'ps_1' });
    expect(await refundAccount(order)).toEqual({ account: receiving, version: expect.stringMatching(/^[0-9a-f]{16}$/) });
    expect(await find(other)).toBeUndefined();
  });

  it('have a version that changes with the account alone', async () => {
    const { saveRefundAccount, refundAccount } = accounts();
    const versions: unknown[] = [];
    for (const account of [receiving, receiving, { ...receiving, holderName: '이영희' }, receiving]) {
      await saveRefundAccount(order, account);
      versions.push((await refundAccount(order))?.version);
    }
    const [first, again, changed, back] = versions;
    expect([again === first, changed === first, back === first]).toEqual([true, false, true]);
  });

  it('keep nothing readable in the database', async () => {
    await accounts().save(order, issued, 'ps_1');
    await accounts().saveRefundAccount(order, receiving);
    const rows = [
      ...(await db.selectFrom('virtual_accounts').selectAll().execute()),
      ...(await db.selectFrom('refund_accounts').selectAll().execute()),
    ];
    const text = rows.map(({ sealed, ...rest }) => sealed.toString('latin1') + JSON.stringify(rest)).join();
    for (const word of [issued.accountNumber, 'ps_1', receiving.accountNumber, receiving.holderName]) {
      expect(text).not.toContain(word);
      expect(text).not.toContain(Buffer.from(word).toString('latin1'));
    }
  });

  it('open under no other secret and for no other order', async () => {
    await accounts().save(order, issued, 'ps_1');
    await accounts().saveRefundAccount(order, receiving);
    await expect(accounts('another secret, as long as it is').find(order)).rejects.toThrow();
    await sql`update virtual_accounts set order_id = ${other}`.execute(db);
    await sql`update refund_accounts set order_id = ${other}`.execute(db);
    await expect(accounts().find(other)).rejects.toThrow();
    await expect(accounts().refundAccount(other)).rejects.toThrow();
  });

  it('are forgotten once nobody needs them, not while a refund is under way', async () => {
    const { save, saveRefundAccount, find, refundAccount } = accounts();
    const orders = ['order-done', 'order-fresh', 'order-open'].map((id) => OrderId.parse(id));
    for (const id of orders) {
      await save(id, issued, null);
      await saveRefundAccount(id, receiving);
      const at =
        id === 'order-open' ? null : sql<Date>`clock_timestamp() - make_interval(days => ${id === 'order-done' ? 31 : 1})`;
      await db
        .insertInto('refunds')
        .values({
          ...{ order_id: id, refund_id: 'r', card_amount: '1', point_amount: '0', reason: 'goodwill' },
          requested_at: new Date(),
          refunded_at: at,
        })
        .execute();
    }
    await sql`update virtual_accounts set due_by = clock_timestamp() - interval '60 days'`.execute(db);
    await sql`update refund_accounts set saved_at = clock_timestamp() - interval '60 days'`.execute(db);
    expect(await forgetAccounts(db, 30)).toBe(2);
    expect(
      await Promise.all(orders.map(async (id) => [await find(id), await refundAccount(id)].map((a) => a !== undefined))),
    ).toEqual([
      [false, false],
      [true, true],
      [true, true],
    ]);
    expect(await forgetAccounts(db, 30)).toBe(0);
  });
});
