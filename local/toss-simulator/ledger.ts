import { join } from 'node:path';
import type { Change, Delivery, StoredReply } from './change.js';
import { openJournal } from './journal.js';
import { cancelsOf, isConfirmed, isPaid, type Payment } from './payment.js';
import type { Means } from './payment-means.js';
import { readChange } from './stored-change.js';

export type Transaction = {
  transactionKey: string;
  paymentKey: string;
  orderId: string;
  method: Means['method'];
  status: 'DONE' | 'WAITING_FOR_DEPOSIT' | 'CANCELED' | 'PARTIAL_CANCELED';
  /** Won, positive for charges and cancels alike. */
  amount: number;
  /** What the merchant has more (or less) by it, in won; 0 when a virtual account was given out or withdrawn. */
  moved: number;
  at: number;
};

export type Ledger = {
  payment(paymentKey: string): Payment | undefined;
  /** All payments opened for an order, oldest first. */
  paymentsOf(orderId: string): readonly Payment[];
  reply(identity: string): StoredReply | undefined;
  /** The payment a virtual account number was given out for. */
  paymentOfAccount(accountNumber: string): Payment | undefined;
  /** Every approval, deposit and cancel, in the order they happened. */
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
  const accounts = new Map<string, string>();
  const open = new Set<string>();
  const deliveries = new Map<string, Delivery>();

  const apply = ({ payment, reply, deliveries: told = [] }: Change) => {
    if (reply !== undefined) replies.set(reply.identity, reply);
    for (const delivery of told) {
      if (delivery.dueAt === null) deliveries.delete(delivery.id);
      else deliveries.set(delivery.id, delivery);
    }
    if (payment === undefined) return;
    const before = payments.get(payment.paymentKey);
    payments.set(payment.paymentKey, payment);
    if (payment.status === 'READY' || payment.status === 'IN_PROGRESS') open.add(payment.paymentKey);
    else open.delete(payment.paymentKey);
    if (before === undefined) orders.set(payment.orderId, [...(orders.get(payment.orderId) ?? []), payment.paymentKey]);
    if (payment.status === 'WAITING_FOR_DEPOSIT') accounts.set(payment.account.accountNumber, payment.paymentKey);
    transactions.push(...newTransactions(before, payment));
  };

  const file = join(directory, 'ledger.jsonl');
  const journal = await openJournal(file, (line, number) => {
    try {
      apply(readChange(line));
    } catch (cause) {
      throw new Error(`${file}:${number} is damaged`, { cause });
    }
  });

  return {
    payment: (paymentKey) => payments.get(paymentKey),
    paymentsOf: (orderId) => (orders.get(orderId) ?? []).flatMap((key) => payments.get(key) ?? []),
    paymentOfAccount(accountNumber) {
      const key = accounts.get(accountNumber);
      return key === undefined ? undefined : payments.get(key);
    },
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
  if (!isConfirmed(after)) return [];
  const { paymentKey, orderId, means, transactionKey, totalAmount: amount } = after;
  const of = { paymentKey, orderId, method: means.method };
  const had = before !== undefined && isPaid(before);
  const lines: Transaction[] = [];
  if (before === undefined || !isConfirmed(before) || before.transactionKey !== transactionKey) {
    if (after.status === 'WAITING_FOR_DEPOSIT')
      lines.push({ ...of, transactionKey, status: after.status, amount, moved: had ? -amount : 0, at: after.waitingSince });
    else if (isPaid(after)) lines.push({ ...of, transactionKey, status: 'DONE', amount, moved: amount, at: after.approvedAt });
  }
  const known = before === undefined ? 0 : cancelsOf(before).length;
  for (const cancel of cancelsOf(after).slice(known)) {
    const status = cancel.amount === amount ? 'CANCELED' : 'PARTIAL_CANCELED';
    const moved = isPaid(after) ? -cancel.amount : 0;
    lines.push({ ...of, transactionKey: cancel.transactionKey, status, amount: cancel.amount, moved, at: cancel.canceledAt });
  }
  return lines;
}
