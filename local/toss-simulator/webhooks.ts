import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import type { Delivery, Ledger } from './ledger.js';
import { asOf, isPaid, type Payment } from './payment.js';
import { paymentObject } from './payment-object.js';

/** Minutes until each further try after one that failed; after the last the provider gives up. */
export const RETRY_MINUTES = [1, 4, 16, 64, 256, 1_024, 4_096] as const;
/** Only an HTTP 200 within this time counts as received. */
const ANSWER_LIMIT_MS = 10_000;
const LOOK_EVERY_MS = 200;

/** How webhooks go out: `held` keeps them back, `reversed` sends waiting ones newest first, `copies` sends each more than once. */
export const WebhookScript = z.strictObject({
  url: z.url({ protocol: /^https?$/ }).optional(),
  held: z.boolean().default(false),
  reversed: z.boolean().default(false),
  copies: z.int().min(1).max(10).default(1),
});
export type WebhookScript = z.infer<typeof WebhookScript>;

export type Webhooks = {
  /** The notice a change of a payment owes the merchant, to be committed together with it. */
  about(before: Payment | undefined, after: Payment): Delivery | undefined;
  script(script: WebhookScript): void;
  stop(): Promise<void>;
};

type Options = {
  ledger: Ledger;
  now: () => number;
  publicUrl: () => string;
  url: string | undefined;
  onError: (error: unknown) => void;
};

const NOTIFIED: ReadonlySet<string> = new Set(['DONE', 'ABORTED', 'EXPIRED', 'CANCELED', 'PARTIAL_CANCELED']);

/** Delivers `PAYMENT_STATUS_CHANGED`, at least once and in no promised order, over crashes too: what is owed stands in the ledger. */
export function createWebhooks({ ledger, now, publicUrl, url, onError }: Options): Webhooks {
  let script: WebhookScript = { held: false, reversed: false, copies: 1, ...(url === undefined ? {} : { url }) };
  const underWay = new Map<string, Promise<void>>();
  const stopping = new AbortController();

  const about: Webhooks['about'] = (before, after) => {
    const cancels = (payment: Payment | undefined) => (payment !== undefined && isPaid(payment) ? payment.cancels.length : 0);
    const news = before?.status !== after.status || cancels(before) !== cancels(after);
    if (script.url === undefined || !news || !NOTIFIED.has(after.status)) return undefined;
    const notice = { eventType: 'PAYMENT_STATUS_CHANGED', createdAt: stamp(now()), data: paymentObject(after, publicUrl()) };
    return { id: randomUUID(), body: JSON.stringify(notice), retried: 0, dueAt: now() };
  };

  async function post(to: string, delivery: Delivery): Promise<boolean> {
    try {
      const response = await fetch(to, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          'tosspayments-webhook-transmission-id': delivery.id,
          'tosspayments-webhook-transmission-time': new Date(now()).toISOString(),
          'tosspayments-webhook-transmission-retried-count': String(delivery.retried),
        },
        body: delivery.body,
        signal: AbortSignal.any([stopping.signal, AbortSignal.timeout(ANSWER_LIMIT_MS)]),
      });
      await response.body?.cancel();
      return response.status === 200;
    } catch {
      return false;
    }
  }

  async function deliver(to: string, delivery: Delivery): Promise<void> {
    const received = await Promise.all(Array.from({ length: script.copies }, () => post(to, delivery)));
    if (stopping.signal.aborted) return;
    const minutes = RETRY_MINUTES[delivery.retried];
    const over = received.includes(true) || minutes === undefined;
    const next = over ? { dueAt: null } : { retried: delivery.retried + 1, dueAt: now() + minutes * 60_000 };
    await ledger.commit({ delivery: { ...delivery, ...next } });
  }

  /** In one go: a payment looked at now and written later could meanwhile have been charged. */
  async function expirePayments(): Promise<void> {
    const commits = ledger.openPayments().flatMap((payment) => {
      const current = asOf(payment, now());
      return current === payment ? [] : [ledger.commit({ payment: current, delivery: about(payment, current) })];
    });
    await Promise.all(commits);
  }

  async function look(): Promise<void> {
    const to = script.url;
    if (to === undefined) return;
    await expirePayments();
    if (script.held) return;
    const due = ledger.deliveries().filter(({ id, dueAt }) => dueAt !== null && dueAt <= now() && !underWay.has(id));
    const track = (delivery: Delivery) => {
      const work = deliver(to, delivery).catch(onError);
      underWay.set(delivery.id, work);
      return work.finally(() => underWay.delete(delivery.id));
    };
    if (script.reversed) for (const delivery of due.reverse()) await track(delivery);
    else await Promise.all(due.map(track));
  }

  let looking: Promise<void> | undefined;
  const timer = setInterval(() => {
    // a slow receiver must not hold up the others, so only an ordered round is waited for
    if (looking !== undefined && script.reversed) return;
    looking = look()
      .catch(onError)
      .finally(() => {
        looking = undefined;
      });
  }, LOOK_EVERY_MS);
  timer.unref();

  return {
    about,
    script: (changed) => {
      script = { ...(script.url === undefined ? {} : { url: script.url }), ...changed };
    },
    async stop() {
      clearInterval(timer);
      stopping.abort();
      await looking;
      await Promise.all(underWay.values());
    },
  };
}

/** Korean time to the microsecond, without an offset. */
const stamp = (at: number): string => `${new Date(at + 9 * 3_600_000).toISOString().slice(0, -1)}000`;
