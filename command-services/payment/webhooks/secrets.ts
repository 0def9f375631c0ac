import { createHmac, timingSafeEqual } from 'node:crypto';
import type { OrderId } from '@tiketi/shared-kernel/contracts/ids.js';
import { createGatheredWrites } from '@tiketi/shared-kernel/event-sourcing/gathered-writes.js';
import type { Logger } from '@tiketi/shared-kernel/service/logger.js';
import { deriveKey } from '@tiketi/shared-kernel/service/seal.js';
import { type Kysely, sql } from 'kysely';
import { LRUCache } from 'lru-cache';
import type { PaymentProvider, ProviderBooks, ProviderPayment } from '../provider.js';
import type { WebhookTables } from './tables.js';

const LONGEST_QUEUE = 10_000;
const GATHER_MS = 100;

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
  const recent = new LRUCache<string, Buffer>({ max: 10_000 });
  const insert = async (rows: readonly Remembered[]): Promise<void> => {
    await sql`
      insert into webhook_secrets (order_id, digest)
      select * from unnest(${rows.map(({ orderId }) => orderId)}::text[], ${rows.map(({ digest }) => digest)}::bytea[])
      on conflict do nothing`.execute(o.db);
  };
  const writes = createGatheredWrites({
    write: insert,
    everyMs: GATHER_MS,
    // a webhook whose secret is not known is checked with the provider instead
    onFailed: (error, rows) => o.logger.warn({ err: error, secrets: rows }, 'webhook secrets could not be kept'),
  });
  const same = (a: Buffer, b: Buffer): boolean => a.length === b.length && timingSafeEqual(a, b);

  /** Whether this process was told this secret of the order a moment ago; what it does not know others may. Constant time. */
  const isRecent = (orderId: OrderId, secret: string | null): boolean => {
    const known = recent.get(orderId);
    return known !== undefined && secret !== null && same(known, digestOf(orderId, secret));
  };

  return {
    remember: ({ orderId, secret }: Pick<ProviderPayment, 'orderId' | 'secret'>): void => {
      if (secret === null) return;
      const digest = digestOf(orderId, secret);
      recent.set(orderId, digest);
      if (writes.waiting() >= LONGEST_QUEUE) writes.dropOldest(LONGEST_QUEUE / 2);
      writes.add({ orderId, digest }).catch(() => undefined);
    },

    isRecent,

    /** Whether the provider ever told us this secret of the order; `none` where it told us no secret at all. Constant time. */
    check: async (orderId: OrderId, secret: string | null): Promise<'known' | 'other' | 'none'> => {
      if (isRecent(orderId, secret)) return 'known';
      const rows = await o.db.selectFrom('webhook_secrets').select('digest').where('order_id', '=', orderId).execute();
      if (rows.length === 0) return 'none';
      if (secret === null) return 'other';
      const claimed = digestOf(orderId, secret);
      const known = rows.filter(({ digest }) => same(digest, claimed));
      return known.length > 0 ? 'known' : 'other';
    },

    flush: writes.flush,
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
