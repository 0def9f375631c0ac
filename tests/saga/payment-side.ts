import { createCharging } from '@tiketi/payment/charging.js';
import type { DepositAccounts, GivenAccount } from '@tiketi/payment/deposit-accounts.js';
import { internalRoutes } from '@tiketi/payment/internal-routes.js';
import { createOrders } from '@tiketi/payment/orders.js';
import { createPayments } from '@tiketi/payment/payments.js';
import { createPointsSteps } from '@tiketi/payment/points/create-points-steps.js';
import type { IssuedAccount } from '@tiketi/payment/provider.js';
import { createRefunds } from '@tiketi/payment/refunds.js';
import { createReservationSteps } from '@tiketi/payment/reservations.js';
import { createSettlement } from '@tiketi/payment/settle.js';
import { OrderId } from '@tiketi/shared-kernel/contracts/ids.js';
import type { ServiceClient } from '@tiketi/shared-kernel/service/service-client.js';
import type { Provider } from './bank.js';
import type { Ground } from './ground.js';
import type { Life } from './lives.js';
import { TIMING } from './reservation-side.js';
import type { Rows } from './rows.js';
import { seamedStore } from './seamed-store.js';
import type { Around } from './seams.js';
import { answersOf } from './wire.js';
import { createWorker } from './worker.js';

/** What the payment service keeps in its database, as far as bookings go. */
export type PaymentTables = {
  readonly accounts: Map<string, IssuedAccount & { readonly secret: string | null }>;
  readonly refundAccounts: Map<string, GivenAccount>;
  /** Webhooks taken and not worked off. */
  readonly notices: Rows;
};

type Ports = {
  readonly ground: Ground;
  readonly tables: PaymentTables;
  readonly provider: Provider;
  readonly reservations: (around: Around) => ServiceClient;
};

const HEARING = { causationId: 'webhook', actor: { id: 'toss-webhook', role: 'service' } } as const;
const MOST_ASKS = 5;

const seamedProvider = (provider: Provider, around: Around): Provider => {
  const lost = () => ({ kind: 'unknown', cause: 'the answer was lost' }) as const;
  return {
    confirm: (call) => around('provider', () => provider.confirm(call), lost),
    cancel: (call) => around('provider', () => provider.cancel(call), lost),
    lookupByOrder: (orderId) => around('provider', () => provider.lookupByOrder(orderId), lost),
    lookupByKey: (paymentKey) => around('provider', () => provider.lookupByKey(paymentKey), lost),
    available: provider.available,
  };
};

const seamedAccounts = (tables: PaymentTables, around: Around): DepositAccounts => ({
  save: (orderId, account, secret) => around('account', async () => void tables.accounts.set(orderId, { ...account, secret })),
  find: async (orderId) => tables.accounts.get(orderId),
  saveRefundAccount: async (orderId, account) => void tables.refundAccounts.set(orderId, { account, version: '1' }),
  refundAccount: async (orderId) => tables.refundAccounts.get(orderId),
});

/** The payment service put together as its main does, as far as bookings go. */
export const bootPayment =
  ({ ground, tables, provider: bank, reservations: clientFor }: Ports) =>
  (life: Life) => {
    const { turns, logger, noted } = ground;
    const { clock } = turns;
    const around = ground.seams.around(life);
    const store = seamedStore(ground.store, around, false);
    const provider = seamedProvider(bank, around);
    const accounts = seamedAccounts(tables, around);
    const reservations = createReservationSteps(clientFor(around), {
      timeoutMs: 8000,
      // what a dead process waited for does not come
      after: (ms, call) => turns.after(ms, () => void (life.alive() && call())),
    });
    const orders = createOrders({ store, clock });
    const points = createPointsSteps({ store, clock, logger });
    const charging = createCharging({ provider, clock, logger });
    const refunds = createRefunds({ orders, charging, points, accounts, reservations, logger });
    const { providerTimeoutMs } = TIMING;
    const settlement = createSettlement({
      ...{ orders, provider, charging, refunds, points, accounts, reservations, clock, logger, providerTimeoutMs },
    });
    const payments = createPayments({
      ...{ orders, reservations, settlement, refunds, points, accounts, provider, logger },
      ...{ clientKey: 'client', checkoutUrl: undefined },
    });

    turns.add(
      createWorker({
        ...{ life, around, turns, rows: tables.notices, settlesFirst: false },
        handlers: {
          hear: async ({ key, attempt }) => {
            const heard = await settlement.hear(OrderId.parse(key), HEARING);
            return heard === 'open' && attempt < MOST_ASKS ? { retryAt: new Date(clock() + 5000 * 2 ** attempt) } : 'done';
          },
        },
        leaseMs: () => 80_000,
        isOutage: () => false,
        failed: ({ id }, error) => noted(`webhook ${id}`, error),
      }),
    );

    return {
      payments,
      answer: answersOf(internalRoutes({ orders, settlement, refunds, points, serviceToken: 'unused' }), (error) =>
        noted('payment answers 500', error),
      ),
    };
  };

export type PaymentSide = ReturnType<ReturnType<typeof bootPayment>>;
