import { createHash } from 'node:crypto';
import { OrderId } from '@tiketi/shared-kernel/contracts/ids.js';
import type { EffectHandler } from '@tiketi/shared-kernel/event-sourcing/consumers/effect-worker.js';
import { addEffects } from '@tiketi/shared-kernel/event-sourcing/consumers/effects.js';
import { within } from '@tiketi/shared-kernel/event-sourcing/consumers/signal.js';
import { createGatheredWrites } from '@tiketi/shared-kernel/event-sourcing/gathered-writes.js';
import type { Logger } from '@tiketi/shared-kernel/service/logger.js';
import { type Kysely, sql } from 'kysely';
import { z } from 'zod';
import { isGivenBackToAccount } from '../deposit-accounts.js';
import type { Asking, Known } from '../orders.js';
import type { FindOwnOrder, OwnOrder } from '../records/own-order.js';
import type { Heard } from '../settle.js';
import { type Notice, readNotice } from './notice.js';
import type { Verdict, WebhookTables } from './tables.js';
import { bearingOn, isKnown, type Judgement } from './verify.js';

/** Re-reads an order with the provider and applies what it says, whatever a webhook claimed. */
export type Hear = (orderId: OrderId, asking: Asking) => Promise<Heard>;

export type Transmission = {
  /** The provider's id of it, the same over its repeats; null where it gave none. */
  readonly id: string | null;
  /** When it says it was sent (milliseconds); null where that cannot be read. */
  readonly sentAt: number | null;
  readonly body: unknown;
};

/** What the provider is told: 200, 401, 400, 503 in this order. */
export type Received = 'taken' | 'refused' | 'unreadable' | 'later';

type Ports = {
  readonly db: Kysely<WebhookTables>;
  readonly schema: string;
  readonly verify: (notice: Notice, order: Pick<OwnOrder, 'userId'>) => Promise<Judgement>;
  readonly findOrder: FindOwnOrder;
  /** How an order stood when this process last decided on it. */
  readonly remembered: (orderId: OrderId) => Known | undefined;
  /** Whether the provider told this process this secret of the order. */
  readonly isRecentSecret: (orderId: OrderId, secret: string | null) => boolean;
  /** Resolves once this process is through with confirming the order. */
  readonly settled: (orderId: OrderId) => Promise<void>;
  readonly hear: Hear;
  readonly wake: (dueAt: Date) => void;
  readonly clock: () => number;
  readonly logger: Logger;
};

const DAY_MS = 24 * 3_600_000;

/** The provider's last repeat comes 3 days 19 hours after the first try (Toss webhook guide); what claims to be older is none of them. */
const STALE_AFTER_MS = 5 * DAY_MS;

/** The handler of the buyer's own request, which is told the same, gets this long before the provider is asked on a webhook's account. */
const HANDLER_FIRST_MS = 3000;

/**
 * The provider tells us by webhook and by its answer at the same moment: waited for so long, the answer has been recorded, and most webhooks
 * say nothing new. Their own answer is due within 10 s.
 */
const ANSWER_FIRST_MS = 1000;

/** While an order stays open it is asked for again, this often; after that others do (the booking process, the reconciliation). */
const MOST_ASKS = 6;

/** The provider waits for our answer and does nothing with it: webhooks that come this close together are written together. */
const GATHER_MS = 20;

type Receipt = { readonly id: string; readonly notice: Notice; readonly at: Date };

/** Notes webhooks that said nothing new. Those of one id are one and the same; what was noted of it before stands, unless it was refused. */
const writeReceipts = async (db: Kysely<WebhookTables>, receipts: readonly Receipt[]): Promise<void> => {
  const unique = new Map(receipts.map((receipt) => [receipt.id, receipt]));
  // always in the same order, so that replicas with the same ids in hand do not lock each other out
  const rows = [...unique.values()].sort((a, b) => (a.id < b.id ? -1 : 1));
  await sql`
    insert into webhooks (id, event_type, status, order_id, done_at, verdict, outcome)
    select *, 'accepted', 'known' from unnest(
      ${rows.map(({ id }) => id)}::text[], ${rows.map(({ notice }) => notice.eventType)}::text[],
      ${rows.map(({ notice }) => notice.status)}::text[], ${rows.map(({ notice }) => notice.orderId)}::text[],
      ${rows.map(({ at }) => at.toISOString())}::timestamptz[])
    on conflict (id) do update set event_type = excluded.event_type, status = excluded.status, order_id = excluded.order_id,
      verdict = excluded.verdict, outcome = excluded.outcome, done_at = excluded.done_at
      where webhooks.verdict = 'refused'`.execute(db);
};

const Payload = z.object({ webhookId: z.string(), orderId: OrderId });

/** The effect that works a webhook off. */
export const HEAR_PAYMENT = 'hear-payment';

/**
 * Takes the provider's webhooks: each is checked, written down and answered; what it is about is then asked of the provider, off the
 * request and over restarts. Nothing a webhook says is applied by itself, so repeats, odd orders and late ones change nothing.
 */
export const createWebhooks = (ports: Ports) => {
  const { db, clock, logger } = ports;

  const write = async (
    id: string,
    { eventType, status, orderId }: Pick<Notice, 'eventType' | 'status' | 'orderId'>,
    verdict: Verdict,
    outcome: string | null,
    dueAt?: number,
  ): Promise<void> => {
    const row = {
      event_type: eventType,
      status,
      order_id: orderId,
      verdict,
      outcome,
      done_at: dueAt === undefined ? new Date(clock()) : null,
    };
    await db.transaction().execute(async (tx) => {
      await tx
        .insertInto('webhooks')
        .values({ id, ...row })
        .onConflict((conflict) => conflict.column('id').doUpdateSet(row).where('webhooks.verdict', '=', 'refused'))
        .execute();
      if (dueAt === undefined) return;
      await addEffects(tx, ports.schema, [
        {
          id: `webhook:${id}`,
          key: orderId,
          kind: HEAR_PAYMENT,
          dueAt: new Date(dueAt),
          payload: { webhookId: id, orderId },
          correlationId: orderId,
          causationId: id,
        },
      ]);
    });
    if (dueAt !== undefined) ports.wake(new Date(dueAt));
  };

  const receipts = createGatheredWrites<Receipt>({ write: (rows) => writeReceipts(db, rows), everyMs: GATHER_MS });

  /**
   * A charge this process has seen approved, of which the provider told it the secret, is no news, and nothing that can have happened to it since
   * makes it news again: neither the stream nor the table need be asked. A deposit is another matter, the bank may take it back.
   */
  const isOwnNews = ({ orderId, status, paymentKey, amount, secret }: Notice): boolean => {
    const order = ports.remembered(orderId);
    if (order?.status !== 'approved' || isGivenBackToAccount(order.method) || status !== 'DONE') return false;
    return order.paymentKey === paymentKey && order.order.cardAmount === amount && ports.isRecentSecret(orderId, secret);
  };

  const refuse = (id: string, { orderId }: Notice, why: string): Received => {
    logger.warn({ webhook: id, orderId, why }, 'a webhook was refused');
    return 'refused';
  };

  const judge = async (id: string, notice: Notice): Promise<Received> => {
    const order = await ports.findOrder(notice.orderId);
    if (order === undefined) return refuse(id, notice, 'unknown order');
    const judgement = await ports.verify(notice, order);
    if (judgement.kind === 'forged') {
      await write(id, notice, 'refused', judgement.why);
      return refuse(id, notice, judgement.why);
    }
    if (judgement.kind === 'undecided') {
      logger.warn({ webhook: id, orderId: notice.orderId, why: judgement.why }, 'a webhook could not be checked');
      return 'later';
    }
    const bearing = bearingOn(notice, order);
    if (bearing.kind === 'atOdds') {
      const { orderId, eventType, status } = notice;
      logger.error(
        { webhook: id, orderId, eventType, status, why: bearing.why, alarm: 'webhook-quarantined' },
        'the provider tells of a payment that is not the order’s',
      );
      await write(id, notice, 'quarantined', bearing.why);
    } else if (bearing.kind === 'beside') await write(id, notice, 'ignored', 'another checkout of the order');
    else if (bearing.kind === 'known') await write(id, notice, 'accepted', 'known');
    else await write(id, notice, 'accepted', null, clock() + (order.status === 'requested' ? HANDLER_FIRST_MS : 0));
    return 'taken';
  };

  const receive = async ({ id: given, sentAt, body }: Transmission): Promise<Received> => {
    const notice = readNotice(body);
    if (notice === undefined) return 'unreadable';
    // nothing is written on the word of somebody unknown: what costs a row has been shown to be about an order of ours
    if ('ignored' in notice) {
      logger.info({ webhook: given, eventType: notice.ignored }, 'a webhook of no meaning here');
      return 'taken';
    }
    const id = given ?? `body:${createHash('sha256').update(JSON.stringify(body)).digest('hex')}`;
    const stale = sentAt !== null && sentAt < clock() - STALE_AFTER_MS;
    await within(ANSWER_FIRST_MS, ports.settled(notice.orderId));
    if (!stale && isOwnNews(notice)) {
      await receipts.add({ id, notice, at: new Date(clock()) });
      return 'taken';
    }
    const before = await db.selectFrom('webhooks').select('verdict').where('id', '=', id).executeTakeFirst();
    if (before !== undefined && before.verdict !== 'refused') return 'taken';
    if (stale) return refuse(id, notice, 'stale');
    return judge(id, notice);
  };

  const conclude = async (id: string, outcome: string, verdict: Verdict = 'accepted'): Promise<'done'> => {
    await db
      .updateTable('webhooks')
      .set({ outcome, verdict, done_at: new Date(clock()) })
      .where('id', '=', id)
      .execute();
    return 'done';
  };

  /** Handler of `hear-payment`. */
  const workOff: EffectHandler = async ({ payload, attempt }) => {
    const { webhookId, orderId } = Payload.parse(payload);
    const row = await db.selectFrom('webhooks').selectAll().where('id', '=', webhookId).executeTakeFirst();
    if (row === undefined || row.done_at !== null) return 'done';
    const order = await ports.findOrder(orderId);
    if (order !== undefined && isKnown(row.status ?? '', order)) return conclude(webhookId, 'known');
    const asking: Asking = { causationId: `webhook:${webhookId}`.slice(0, 200), actor: { id: 'toss-webhook', role: 'service' } };
    const heard = await ports.hear(orderId, asking);
    if (heard === 'open' && attempt < MOST_ASKS) return { retryAt: new Date(clock() + 5000 * 2 ** attempt) };
    if (heard !== 'mismatch' && heard !== 'unknownOrder') return conclude(webhookId, heard);
    logger.error(
      { webhook: webhookId, orderId, why: heard, alarm: 'webhook-quarantined' },
      'the provider and the order disagree',
    );
    return conclude(webhookId, heard, 'quarantined');
  };

  return {
    receive,
    workOff,
    /** Deletes what is too old to be sent again: refused ones after a week, all after 90 days. */
    forget: async (): Promise<void> => {
      await sql`
        delete from webhooks where received_at < clock_timestamp() - interval '90 days'
          or (verdict = 'refused' and received_at < clock_timestamp() - interval '7 days')`.execute(db);
      await sql`delete from webhook_secrets where saved_at < clock_timestamp() - interval '400 days'`.execute(db);
    },
  };
};

export type Webhooks = ReturnType<typeof createWebhooks>;
