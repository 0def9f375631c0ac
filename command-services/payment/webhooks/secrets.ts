import { createHmac, timingSafeEqual } from 'node:crypto';
import type { OrderId } from '@tiketi/shared-kernel/contracts/ids.js';
import type { Logger } from '@tiketi/shared-kernel/service/logger.js';
import { deriveKey } from '@tiketi/shared-kernel/service/seal.js';
import { type Kysely, sql } from 'kysely';
import type { PaymentProvider, ProviderBooks, ProviderPayment } from '../provider.js';
import type { WebhookTables } from './tables.js';

const LONGEST_QUEUE = 10_000;

type Remembered = { readonly orderId: string; readonly digest: Buffer };

/** The secrets webhooks must know, as keyed digests, written a batch at a time and off the path of the payment. */
export const createWebhookSecrets = (o: {
  readonly db: Kysely<WebhookTables>;
  /** PAYMENT_KEY_SECRET. */
  readonly secret: string;
  readonly logger: Logger;
}) => {
  const key = deriveKey(o.secret, 'tiketi-payment', 'webhook secrets');
  const digestOf = (orderId: string, secret: string): Buffer => createHmac('sha256', key).update(`${orderId}:${secret}`).digest();
  let waiting: Remembered[] = [];
  let writing: Promise<void> | undefined;

  const write = async (): Promise<void> => {
    while (waiting.length > 0) {
      const rows = waiting.splice(0, 500);
      try {
        await sql`
          insert into webhook_secrets (order_id, digest)
          select * from unnest(${rows.map(({ orderId }) => orderId)}::text[], ${rows.map(({ digest }) => digest)}::bytea[])
          on conflict do nothing`.execute(o.db);
      } catch (error) {
        // a webhook whose secret is not known is checked with the provider instead
        o.logger.warn({ err: error, secrets: rows.length }, 'webhook secrets could not be kept');
      }
    }
  };

  return {
    remember: ({ orderId, secret }: Pick<ProviderPayment, 'orderId' | 'secret'>): void => {
      if (secret === null) return;
      if (waiting.length >= LONGEST_QUEUE) waiting = waiting.slice(-LONGEST_QUEUE / 2);
      waiting.push({ orderId, digest: digestOf(orderId, secret) });
      writing ??= write().finally(() => {
        writing = undefined;
      });
    },

    /** Whether the provider ever told us this secret of the order; `none` where it told us no secret at all. Constant time. */
    check: async (orderId: OrderId, secret: string | null): Promise<'known' | 'other' | 'none'> => {
      const rows = await o.db.selectFrom('webhook_secrets').select('digest').where('order_id', '=', orderId).execute();
      if (rows.length === 0) return 'none';
      if (secret === null) return 'other';
      const claimed = digestOf(orderId, secret);
      const known = rows.filter(({ digest }) => digest.length === claimed.length && timingSafeEqual(digest, claimed));
      return known.length > 0 ? 'known' : 'other';
    },

    flush: async (): Promise<void> => {
      while (waiting.length > 0 || writing !== undefined) await (writing ?? write());
    },
  };
};

export type WebhookSecrets = ReturnType<typeof createWebhookSecrets>;

/** The same provider; the secrets of the payments it tells of are kept. */
export const rememberingSecrets = <P extends PaymentProvider & ProviderBooks>(
  provider: P,
  remember: WebhookSecrets['remember'],
): P => ({
  ...provider,
  confirm: async (call) => {
    const answer = await provider.confirm(call);
    if (answer.kind === 'approved' || answer.kind === 'waiting') remember(answer.payment);
    return answer;
  },
});
