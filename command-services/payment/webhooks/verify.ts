import { createHash, timingSafeEqual } from 'node:crypto';
import type { LookupAnswer, PaymentProvider, ProviderBooks, ProviderPayment } from '../provider.js';
import type { OwnOrder } from '../records/own-order.js';
import type { Notice } from './notice.js';
import type { WebhookSecrets } from './secrets.js';

export type Judgement =
  | { readonly kind: 'genuine' }
  | { readonly kind: 'forged'; readonly why: string }
  /** The provider could not be asked in time. */
  | { readonly kind: 'undecided'; readonly why: string };

type Ports = {
  readonly secrets: Pick<WebhookSecrets, 'check'>;
  readonly provider: Pick<PaymentProvider, 'lookupByOrder'> & Pick<ProviderBooks, 'lookupByKey'>;
  /** How long the provider may take; its webhook must be answered within 10 s. */
  readonly patienceMs: number;
  /** Milliseconds of a clock that never goes back. */
  readonly now?: () => number;
};

/** So often a minute the provider is asked on account of one buyer's orders: whoever sends forgeries must not use up its patience with us. */
const ASKS_A_MINUTE = 30;

const GENUINE = { kind: 'genuine' } as const;
const forged = (why: string): Judgement => ({ kind: 'forged', why });

/**
 * Whether the provider sent this. Proof is the secret it once gave us of this very payment; without that it is asked. The provider's own
 * webhooks about payments carry no signature (Toss, webhook events).
 */
export const createVerifier = ({ secrets, provider, patienceMs, now = () => performance.now() }: Ports) => {
  const mayAsk = perMinute(ASKS_A_MINUTE, now);
  return async (notice: Notice, { userId }: Pick<OwnOrder, 'userId'>): Promise<Judgement> => {
    const check = await secrets.check(notice.orderId, notice.secret);
    if (check === 'known') return GENUINE;
    if (!mayAsk(userId)) return { kind: 'undecided', why: 'asked too often about this buyer’s orders' };
    const { paymentKey, orderId } = notice;
    const asked = paymentKey === null ? provider.lookupByOrder(orderId) : provider.lookupByKey(paymentKey);
    const answer = await within(patienceMs, asked);
    if (answer.kind === 'unknown') return { kind: 'undecided', why: answer.cause };
    if (answer.kind === 'notFound') return forged('the provider knows no such payment');
    return compare(notice, answer.payment, check === 'other');
  };
};

/** Whether one more may be done for `name`, of so many within a minute. */
const perMinute = (most: number, now: () => number) => {
  let counts = new Map<string, number>();
  let until = 0;
  return (name: string): boolean => {
    if (now() >= until) [counts, until] = [new Map(), now() + 60_000];
    const count = (counts.get(name) ?? 0) + 1;
    counts.set(name, count);
    return count <= most;
  };
};

const compare = (notice: Notice, payment: ProviderPayment, secretsKnown: boolean): Judgement => {
  if (payment.orderId !== notice.orderId) return forged('the payment is of another order');
  if (notice.secret !== null && payment.secret !== null) {
    return same(notice.secret, payment.secret) ? GENUINE : forged('wrong secret');
  }
  if (notice.secret !== null && secretsKnown) return forged('wrong secret');
  // without a secret on either side nothing but the provider's own word counts
  if (notice.amount !== null && notice.amount !== payment.totalAmount) return forged('the provider says another amount');
  return mayHaveBeen(notice.status, payment.status) ? GENUINE : forged(`the provider says ${payment.status}`);
};

/** The order in which a payment goes through its states; what comes late may tell of an earlier one. */
const WAY = ['READY', 'IN_PROGRESS', 'WAITING_FOR_DEPOSIT', 'DONE', 'PARTIAL_CANCELED', 'CANCELED'];

const mayHaveBeen = (claimed: string, now: string): boolean => {
  if (claimed === now) return true;
  const [then, today] = [WAY.indexOf(claimed), WAY.indexOf(now)];
  return then >= 0 && then < today;
};

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
const same = (a: string, b: string): boolean => timingSafeEqual(digest(a), digest(b));

const within = async (ms: number, asked: Promise<LookupAnswer>): Promise<LookupAnswer> => {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<LookupAnswer>((resolve) => {
    timer = setTimeout(resolve, ms, { kind: 'unknown', cause: `no answer within ${ms} ms` });
  });
  try {
    return await Promise.race([asked, late]);
  } finally {
    clearTimeout(timer);
  }
};

/** How a genuine notice stands to our own order. `known`: it says nothing new. */
export type Bearing =
  | { readonly kind: 'news' | 'known' }
  /** Of another checkout of this order that came to nothing. */
  | { readonly kind: 'beside' }
  | { readonly kind: 'atOdds'; readonly why: string };

const CAME_TO_NOTHING = new Set(['READY', 'IN_PROGRESS', 'ABORTED', 'EXPIRED']);

export const bearingOn = (notice: Notice, order: OwnOrder): Bearing => {
  const failed = CAME_TO_NOTHING.has(notice.status);
  // nobody has asked for a charge: what ended in the buyer's window ended nothing here
  if (failed && order.paymentKey === null) return { kind: 'beside' };
  if (notice.amount !== null && notice.amount !== order.cardAmount) return { kind: 'atOdds', why: 'amount' };
  const otherKey = notice.paymentKey !== null && order.paymentKey !== null && notice.paymentKey !== order.paymentKey;
  if (otherKey) return failed ? { kind: 'beside' } : { kind: 'atOdds', why: 'another payment' };
  return { kind: isKnown(notice.status, order) ? 'known' : 'news' };
};

/** Whether the order already is what the provider's word `status` says. */
export const isKnown = (status: string, order: OwnOrder): boolean => {
  switch (status) {
    case 'DONE':
      return order.status === 'approved' && !order.reversed;
    case 'ABORTED':
    case 'EXPIRED':
      return order.status === 'declined' || order.status === 'abandoned';
    case 'CANCELED':
      return order.refunds.length > 0 && leftOf(order) === 0;
    default:
      return false;
  }
};

/** Won of the card part that nobody has given back, for certain. */
const leftOf = ({ cardAmount, refunds }: OwnOrder): number =>
  refunds.reduce((left, refund) => left - (refund.doneAt === null ? 0 : refund.cardAmount), cardAmount);
