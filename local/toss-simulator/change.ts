import type { Payment } from './payment.js';

/** The answer an idempotency key is bound to. */
export type StoredReply = { identity: string; status: number; body: string; at: number };

/** A webhook owed to the merchant; `dueAt` null means that nothing is owed any more. */
export type Delivery = { id: string; body: string; retried: number; dueAt: number | null };

/** What one line of the books holds: everything in it took effect together. */
export type Change = { payment?: Payment | undefined; reply?: StoredReply | undefined; deliveries?: readonly Delivery[] };
