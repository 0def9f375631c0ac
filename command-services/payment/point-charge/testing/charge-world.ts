import type { PointChargeEvent } from '@tiketi/shared-kernel/contracts/events/point-charge.js';
import type { PointsEvent } from '@tiketi/shared-kernel/contracts/events/points.js';
import { PaymentKey } from '@tiketi/shared-kernel/contracts/ids.js';
import { Won } from '@tiketi/shared-kernel/contracts/money.js';
import { paymentStream, pointsStream } from '@tiketi/shared-kernel/contracts/streams.js';
import { Instant } from '@tiketi/shared-kernel/contracts/time.js';
import type { EventStore } from '@tiketi/shared-kernel/event-sourcing/event-store/port.js';
import { createModelStore } from '@tiketi/shared-kernel/event-sourcing/testing/model-store.js';
import { recordingLogger } from '@tiketi/shared-kernel/service/testing/recording-logger.js';
import { createCharging } from '../../charging.js';
import { createPointsAccounts } from '../../points/accounts.js';
import { createChargedPoints } from '../../points/charged-points.js';
import { anna, chargeIdOf } from '../../points/testing/facts.js';
import type { ConfirmAnswer, PaymentProvider, ProviderPayment } from '../../provider.js';
import { createChargeOrders } from '../charge-orders.js';
import { createChargeSettlement } from '../charge-settlement.js';
import type { ChargeOrder } from '../point-charge.js';

export const order: ChargeOrder = { orderId: chargeIdOf(1), userId: anna, amount: Won.parse(30_000) };
export const paymentKey = PaymentKey.parse('pk-1');
export const PROVIDER_TIMEOUT_MS = 60_000;

export const payment = (more: Partial<ProviderPayment> = {}): ProviderPayment => ({
  paymentKey,
  orderId: order.orderId,
  status: 'DONE',
  totalAmount: order.amount,
  balanceAmount: order.amount,
  method: '카드',
  approvedAt: null,
  receiptUrl: null,
  lastTransactionKey: 'tx-1',
  secret: null,
  virtualAccount: null,
  cancels: [],
  ...more,
});

/** What the provider makes of the one order; `lost`: its first answer never arrives, `never`: the buyer did not come to it. */
export type Fate = 'approve' | 'decline' | 'account' | 'lost approval' | 'lost decline' | 'never';

const account = { accountNumber: 'X1', bankCode: '20', dueBy: Instant.parse('2026-05-02T00:00:00Z') };

/** A provider with a ledger of its own that outlives every crash of those who ask it. */
export const createLedgerProvider = (fate: Fate) => {
  let kept: ProviderPayment | undefined = fate === 'never' ? undefined : payment({ status: 'IN_PROGRESS' });
  const answers = new Map<string, ConfirmAnswer>();
  let charges = 0;

  const decide = (): ConfirmAnswer => {
    if (kept === undefined) return { kind: 'unknown', cause: 'timeout' };
    if (fate.endsWith('decline')) {
      kept = payment({ status: 'ABORTED' });
      return { kind: 'declined', code: 'REJECT_CARD_COMPANY', message: '' };
    }
    if (fate === 'account') {
      kept = payment({ status: 'WAITING_FOR_DEPOSIT', virtualAccount: account });
      return { kind: 'waiting', payment: kept, account, secret: null };
    }
    charges += 1;
    kept = payment();
    return { kind: 'approved', payment: kept };
  };

  const provider: PaymentProvider = {
    confirm: async ({ idempotencyKey }) => {
      const before = answers.get(idempotencyKey);
      const answer = before ?? decide();
      answers.set(idempotencyKey, answer);
      return before === undefined && fate.startsWith('lost') ? { kind: 'unknown', cause: 'timeout' } : answer;
    },
    lookupByOrder: async () => (kept === undefined ? { kind: 'notFound' } : { kind: 'found', payment: kept }),
    cancel: async () => {
      kept = payment({ status: 'CANCELED', balanceAmount: 0 });
      return { kind: 'cancelled', payment: kept, transactionKey: null };
    },
    available: () => true,
  };
  return {
    provider,
    charges: () => charges,
    isCharged: () => kept?.status === 'DONE',
    set: (next: ProviderPayment | undefined) => {
      kept = next;
    },
  };
};

/** Before and after each append and each call to the provider, so that a test may end the process there. */
export type Seam = () => Promise<void>;

const seamed = (store: EventStore, provider: PaymentProvider, seam: Seam) => {
  const around = async <T>(run: () => Promise<T>): Promise<T> => {
    await seam();
    const result = await run();
    await seam();
    return result;
  };
  return {
    store: { ...store, append: (attempt) => around(() => store.append(attempt)) } satisfies EventStore,
    provider: {
      ...provider,
      confirm: (call) => around(() => provider.confirm(call)),
      lookupByOrder: (orderId) => around(() => provider.lookupByOrder(orderId)),
      cancel: (call) => around(() => provider.cancel(call)),
    } satisfies PaymentProvider,
  };
};

export type ChargeWorld = ReturnType<typeof createChargeWorld>;

/** The event log, the provider and the time: what is left when a process ends. */
export const createChargeWorld = (fate: Fate) => {
  const store = createModelStore();
  const ledger = createLedgerProvider(fate);
  const { logger, lines } = recordingLogger();
  let pointsAway = false;
  let now = Date.parse('2026-05-01T10:00:00Z');
  const clock = () => now;

  return {
    ledger,
    clock,
    pass: (milliseconds: number) => {
      now += milliseconds;
    },
    failPoints: (away: boolean) => {
      pointsAway = away;
    },
    alarms: () => lines().flatMap(({ alarm }) => (alarm === undefined ? [] : [alarm])),
    /** A process of the payment service. */
    boot: (seam: Seam = async () => undefined) => {
      const parts = seamed(store, ledger.provider, seam);
      const orders = createChargeOrders({ store: parts.store, clock });
      const points = createChargedPoints(createPointsAccounts({ store: parts.store, clock }));
      const settlement = createChargeSettlement({
        orders,
        charging: createCharging({ provider: parts.provider, clock, logger }),
        provider: parts.provider,
        credit: (...paid) => (pointsAway ? Promise.reject(new Error('points are away')) : points.credit(...paid)),
        clock,
        logger,
        providerTimeoutMs: PROVIDER_TIMEOUT_MS,
      });
      return { orders, points, settlement, provider: parts.provider, logger };
    },
    chargeEvents: () =>
      // the model store gives back what the codec wrote
      store.log.stream(paymentStream(order.orderId)).map(({ type, data }) => ({ type, data }) as PointChargeEvent),
    pointsEvents: () => store.log.stream(pointsStream(order.userId)).map(({ type, data }) => ({ type, data }) as PointsEvent),
  };
};
