import { z } from 'zod';
import type { Delivery } from './change.js';
import type { Ledger } from './ledger.js';
import { noticesOf, WEBHOOK_EVENTS } from './notices.js';
import { asOf, type Payment } from './payment.js';
import type { Settings } from './settings.js';
import { oneOff, transmit } from './transmission.js';
import type { View } from './view.js';

/** Units (minutes, unless set otherwise) until each further try after one that failed; after the last the provider gives up. */
export const RETRY_SCHEDULE = [1, 4, 16, 64, 256, 1_024, 4_096] as const;
const LOOK_EVERY_MS = 200;
/** Webhooks on their way at once. */
const AT_ONCE = 256;

/**
 * How webhooks go out: `held` keeps them back, `reversed` sends waiting ones newest first, `copies` sends each more than once,
 * `delayMs` lets new ones wait, `lost` has new ones never come.
 */
export const WebhookScript = z.strictObject({
  url: z.url({ protocol: /^https?$/ }).optional(),
  events: z.array(z.enum(WEBHOOK_EVENTS)).default([...WEBHOOK_EVENTS]),
  held: z.boolean().default(false),
  reversed: z.boolean().default(false),
  lost: z.boolean().default(false),
  copies: z.int().min(1).max(10).default(1),
  delayMs: z.int().nonnegative().default(0),
});
export type WebhookScript = z.infer<typeof WebhookScript>;

export type Webhooks = {
  /** The notices a change of a payment owes the merchant, to be committed together with it. */
  about(before: Payment | undefined, after: Payment): Delivery[];
  script(script: WebhookScript): void;
  /** Sends anything, once, outside the books; answers the receiver's status, null without one, undefined without a receiver. */
  send(body: unknown): Promise<number | null | undefined>;
  stop(): Promise<void>;
};

type Options = {
  ledger: Ledger;
  now: () => number;
  view: () => View;
  settings: Settings;
  url: string | undefined;
  onError: (error: unknown) => void;
};

/** Delivers what payments owe the merchant, at least once and in no promised order, over crashes too: what is owed stands in the ledger. */
export function createWebhooks({ ledger, now, view, settings, url, onError }: Options): Webhooks {
  let script: WebhookScript = { ...WebhookScript.parse({}), ...(url === undefined ? {} : { url }) };
  const underWay = new Map<string, Promise<void>>();
  const stopping = new AbortController();

  const about: Webhooks['about'] = (before, after) => {
    if (script.url === undefined || script.lost) return [];
    const dueAt = now() + script.delayMs;
    return noticesOf(before, after, view(), script.events).map((delivery) => ({ ...delivery, dueAt }));
  };

  const post = (to: string, transmission: Parameters<typeof transmit>[1]) =>
    transmit(to, transmission, { now: now(), answerLimitMs: settings.webhookAnswerLimitMs, signal: stopping.signal });

  async function deliver(to: string, delivery: Delivery): Promise<void> {
    const answers = await Promise.all(Array.from({ length: script.copies }, () => post(to, delivery)));
    if (stopping.signal.aborted) return;
    const units = RETRY_SCHEDULE[delivery.retried];
    const over = answers.includes(200) || units === undefined;
    const next = over ? { dueAt: null } : { retried: delivery.retried + 1, dueAt: now() + units * settings.webhookRetryUnitMs };
    await ledger.commit({ deliveries: [{ ...delivery, ...next }] });
  }

  /** In one go: a payment looked at now and written later could meanwhile have been charged. */
  async function expirePayments(): Promise<void> {
    const commits = ledger.openPayments().flatMap((payment) => {
      const current = asOf(payment, now(), settings);
      return current === payment ? [] : [ledger.commit({ payment: current, deliveries: about(payment, current) })];
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
    else await Promise.all(due.slice(0, Math.max(0, AT_ONCE - underWay.size)).map(track));
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
    send: async (body) => (script.url === undefined ? undefined : await post(script.url, oneOff(body))),
    async stop() {
      clearInterval(timer);
      stopping.abort();
      await looking;
      await Promise.all(underWay.values());
    },
  };
}
