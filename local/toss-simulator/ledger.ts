import { join } from 'node:path';
import { openJournal } from './journal.js';
import { isPaid, type Payment } from './payment.js';

/** The answer an idempotency key is bound to. */
export type StoredReply = { identity: string; status: number; body: string; at: number };

export type Transaction = {
  transactionKey: string;
  paymentKey: string;
  orderId: string;
  status: 'DONE' | 'CANCELED' | 'PARTIAL_CANCELED';
  /** Won, positive for charges and cancels alike. */
  amount: number;
  at: number;
};

/** A webhook owed to the merchant; `dueAt` null means that nothing is owed any more. */
export type Delivery = { id: string; body: string; retried: number; dueAt: number | null };

/** What one line of the books holds: everything in it took effect together. */
export type Change = { payment?: Payment | undefined; reply?: StoredReply | undefined; delivery?: Delivery | undefined };

export type Ledger = {
  payment(paymentKey: string): Payment | undefined;
  /** All payments opened for an order, oldest first. */
  paymentsOf(orderId: string): readonly Payment[];
  reply(identity: string): StoredReply | undefined;
  /** Every approved charge and cancel, in the order they happened. */
  transactions(): readonly Transaction[];
  /** Payments still waiting for the buyer or for the merchant's confirm, whether or not their time is over. */
  openPayments(): readonly Payment[];
  /** Webhooks still owed, oldest first. */
  deliveries(): readonly Delivery[];
  /** Takes effect at once for readers here; the promise resolves when it is on disk, and only then may anybody be told. */
  commit(change: Change): Promise<void>;
  flushed(): Promise<void>;
  close(): Promise<void>;
};

const KEY_VALIDITY_MS = 15 * 24 * 3_600_000;

/** Opens the simulator's books, one journal in `directory`. A payment and the reply about it are one line: both survive or neither. */
export async function openLedger(directory: string, now: () => number): Promise<Ledger> {
  const payments = new Map<string, Payment>();
  const orders = new Map<string, string[]>();
  const replies = new Map<string, StoredReply>();
  const transactions: Transaction[] = [];

  const open = new Set<string>();
  const deliveries = new Map<string, Delivery>();

  const apply = ({ payment, reply, delivery }: Change) => {
    if (reply !== undefined) replies.set(reply.identity, reply);
    if (delivery?.dueAt === null) deliveries.delete(delivery.id);
    else if (delivery !== undefined) deliveries.set(delivery.id, delivery);
    if (payment === undefined) return;
    const before = payments.get(payment.paymentKey);
    payments.set(payment.paymentKey, payment);
    if (payment.status === 'READY' || payment.status === 'IN_PROGRESS') open.add(payment.paymentKey);
    else open.delete(payment.paymentKey);
    if (before === undefined) orders.set(payment.orderId, [...(orders.get(payment.orderId) ?? []), payment.paymentKey]);
    transactions.push(...newTransactions(before, payment));
  };

  const file = join(directory, 'ledger.jsonl');
  const journal = await openJournal(file, (line, number) => {
    try {
      // lines are written below and nowhere else, so their shape is known
      apply(JSON.parse(line) as Change);
    } catch (cause) {
      throw new Error(`${file}:${number} is damaged`, { cause });
    }
  });

  return {
    payment: (paymentKey) => payments.get(paymentKey),
    paymentsOf: (orderId) => (orders.get(orderId) ?? []).flatMap((key) => payments.get(key) ?? []),
    reply(identity) {
      const stored = replies.get(identity);
      if (stored === undefined || now() - stored.at <= KEY_VALIDITY_MS) return stored;
      replies.delete(identity);
      return undefined;
    },
    transactions: () => transactions,
    openPayments: () => [...open].flatMap((key) => payments.get(key) ?? []),
    deliveries: () => [...deliveries.values()],
    commit(change) {
      apply(change);
      return journal.append(JSON.stringify(change));
    },
    flushed: journal.flushed,
    close: journal.close,
  };
}

function newTransactions(before: Payment | undefined, after: Payment): Transaction[] {
  if (!isPaid(after)) return [];
  const of = { paymentKey: after.paymentKey, orderId: after.orderId };
  const charge: Transaction = {
    ...of,
    transactionKey: after.transactionKey,
    status: 'DONE',
    amount: after.totalAmount,
    at: after.approvedAt,
  };
  const wasPaid = before !== undefined && isPaid(before);
  const cancels = after.cancels.slice(wasPaid ? before.cancels.length : 0).map((cancel): Transaction => {
    const status = cancel.amount === after.totalAmount ? 'CANCELED' : 'PARTIAL_CANCELED';
    return { ...of, transactionKey: cancel.transactionKey, status, amount: cancel.amount, at: cancel.canceledAt };
  });
  return wasPaid ? cancels : [charge, ...cancels];
}
