import type { ApiKeys } from './authentication.js';
import type { Change } from './change.js';
import type { FaultScript } from './faults.js';
import type { Ledger } from './ledger.js';
import { asOf, isConfirmed, isPaid, type Payment } from './payment.js';
import type { RateLimit } from './rate-limit.js';
import type { Settings } from './settings.js';
import type { View } from './view.js';
import type { Webhooks } from './webhooks.js';

/** What the routes share: the books, the script of faults, and the outside world. */
export type Simulation = {
  ledger: Ledger;
  faults: FaultScript;
  webhooks: Webhooks;
  keys: ApiKeys;
  /** Changed in place by the control routes. */
  settings: Settings;
  rateLimit: RateLimit;
  /** Epoch milliseconds. */
  now: () => number;
  /** Moves the clock forward, for time limits and due dates; a restart forgets it. */
  advance: (ms: number) => void;
  /** Where a browser finds this simulator, without a slash at the end. */
  publicUrl: () => string;
  /** Aborted when the simulator closes: nothing may go on waiting. */
  closing: AbortSignal;
};

/** Commits a change together with the webhooks it owes; resolves when both are on disk. */
export function record(simulation: Simulation, change: Change): Promise<void> {
  const { ledger, webhooks } = simulation;
  const { payment } = change;
  return ledger.commit(
    payment === undefined ? change : { ...change, deliveries: webhooks.about(ledger.payment(payment.paymentKey), payment) },
  );
}

/** What an answer needs besides the payment itself. */
export const viewOf = ({ publicUrl, now, settings }: Pick<Simulation, 'publicUrl' | 'now' | 'settings'>): View => ({
  publicUrl: publicUrl(),
  now: now(),
  settings,
});

const current = ({ now, settings }: Simulation, payment: Payment | undefined): Payment | undefined =>
  payment === undefined ? undefined : asOf(payment, now(), settings);

export const paymentByKey = (simulation: Simulation, paymentKey: string): Payment | undefined =>
  current(simulation, simulation.ledger.payment(paymentKey));

/** The payment an order id stands for: the charged one, else one confirmed, else the latest tried. */
export function paymentByOrder(simulation: Simulation, orderId: string): Payment | undefined {
  const payments = simulation.ledger.paymentsOf(orderId);
  return current(simulation, payments.find(isPaid) ?? payments.find(isConfirmed) ?? payments.at(-1));
}

export const paymentByAccount = (simulation: Simulation, accountNumber: string): Payment | undefined =>
  simulation.ledger.paymentOfAccount(accountNumber);
