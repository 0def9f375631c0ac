import { createHmac } from 'node:crypto';
import type { OrderId } from '@tiketi/shared-kernel/contracts/ids.js';
import { Instant } from '@tiketi/shared-kernel/contracts/time.js';
import { deriveKey, seal, unseal } from '@tiketi/shared-kernel/service/seal.js';
import { type Kysely, sql } from 'kysely';
import { z } from 'zod';
import type { DepositAccounts } from '../deposit-accounts.js';
import type { VirtualAccountTables } from './tables.js';

const Issued = z.object({
  accountNumber: z.string(),
  bankCode: z.string().nullable(),
  dueBy: Instant,
  secret: z.string().nullable(),
});
const Receiving = z.object({ bank: z.string(), accountNumber: z.string(), holderName: z.string() });

type Options = {
  readonly db: Kysely<VirtualAccountTables>;
  /** PAYMENT_KEY_SECRET. Rows sealed with another one are lost, which `find` and `refundAccount` say by throwing. */
  readonly secret: string;
};

/**
 * Bank accounts in encrypted rows. A row only opens under the order it was written for, so rows swapped in the database are noticed.
 * Saving again replaces.
 */
export const createVirtualAccounts = ({ db, secret }: Options): DepositAccounts => {
  const key = deriveKey(secret, 'tiketi-payment', 'bank accounts');
  const versions = deriveKey(secret, 'tiketi-payment', 'versions of bank accounts');
  const [issuedFor, receivingFor] = [(id: OrderId) => `virtual-account:${id}`, (id: OrderId) => `refund-account:${id}`];

  return {
    save: async (orderId, { accountNumber, bankCode, dueBy }, webhookSecret) => {
      const plain = JSON.stringify({ accountNumber, bankCode, dueBy, secret: webhookSecret } satisfies z.infer<typeof Issued>);
      const row = { due_by: new Date(dueBy), sealed: seal(key, plain, issuedFor(orderId)) };
      await db
        .insertInto('virtual_accounts')
        .values({ order_id: orderId, ...row })
        .onConflict((conflict) => conflict.column('order_id').doUpdateSet(row))
        .execute();
    },
    find: async (orderId) => {
      const row = await db.selectFrom('virtual_accounts').select('sealed').where('order_id', '=', orderId).executeTakeFirst();
      return row === undefined ? undefined : Issued.parse(JSON.parse(unseal(key, row.sealed, issuedFor(orderId))));
    },
    saveRefundAccount: async (orderId, { bank, accountNumber, holderName }) => {
      const plain = JSON.stringify({ bank, accountNumber, holderName });
      const row = { sealed: seal(key, plain, receivingFor(orderId)), saved_at: sql<Date>`clock_timestamp()` };
      await db
        .insertInto('refund_accounts')
        .values({ order_id: orderId, ...row })
        .onConflict((conflict) => conflict.column('order_id').doUpdateSet(row))
        .execute();
    },
    refundAccount: async (orderId) => {
      const row = await db.selectFrom('refund_accounts').select('sealed').where('order_id', '=', orderId).executeTakeFirst();
      if (row === undefined) return undefined;
      const plain = unseal(key, row.sealed, receivingFor(orderId));
      const version = createHmac('sha256', versions).update(`${orderId}:${plain}`).digest('hex').slice(0, 16);
      return { account: Receiving.parse(JSON.parse(plain)), version };
    },
  };
};
