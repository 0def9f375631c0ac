import type { ApiKeys } from './authentication.js';
import type { FaultScript } from './faults.js';
import type { Change, Ledger } from './ledger.js';
import { asOf, isPaid, type Payment } from './payment.js';
import type { Webhooks } from './webhooks.js';

/** What the routes share: the books, the script of faults, and the outside world. */
export type Simulation = {
  ledger: Ledger;
  faults: FaultScript;
  webhooks: Webhooks;
  keys: ApiKeys;
  /** Epoch milliseconds. */
  now: () => number;
  /** Where a browser finds this simulator, without a slash at the end. */
  publicUrl: () => string;
  /** Aborted when the simulator closes: nothing may go on waiting. */
  closing: AbortSignal;
};

/** Commits a change together with the webhook it owes; resolves when both are on disk. */
export function record(simulation: Simulation, change: Change): Promise<void> {
  const { ledger, webhooks } = simulation;
  const { payment } = change;
  return ledger.commit(
    payment === undefined ? change : { ...change, delivery: webhooks.about(ledger.payment(payment.paymentKey), payment) },
  );
}

export function paymentByKey(simulation: Simulation, paymentKey: string): Payment | undefined {
  const payment = simulation.ledger.payment(paymentKey);
  return payment === undefined ? undefined : asOf(payment, simulation.now());
}

/** The payment an order id stands for: the charged one, else the latest tried. */
export function paymentByOrder(simulation: Simulation, orderId: string): Payment | undefined {
  const payments = simulation.ledger.paymentsOf(orderId);
  const payment = payments.find(isPaid) ?? payments.at(-1);
  return payment === undefined ? undefined : asOf(payment, simulation.now());
}
