import { allEvents } from '@tiketi/shared-kernel/contracts/events/catalog-of-events.js';
import { OrderId, PaymentKey, PerformanceId, ReservationId, UserId } from '@tiketi/shared-kernel/contracts/ids.js';
import { Won } from '@tiketi/shared-kernel/contracts/money.js';
import { paymentStream } from '@tiketi/shared-kernel/contracts/streams.js';
import { createCodec } from '@tiketi/shared-kernel/event-sourcing/codec.js';
import { createModelStore } from '@tiketi/shared-kernel/event-sourcing/testing/model-store.js';
import { createDatabase, runMigrations } from '@tiketi/shared-kernel/service/database.js';
import type { Logger } from '@tiketi/shared-kernel/service/logger.js';
import { type Kysely, sql } from 'kysely';
import { createCharging } from '../charging.js';
import { migrations, type PaymentDatabase, SCHEMA } from '../database.js';
import { type Asking, createOrders } from '../orders.js';
import type { Order } from '../payment/payment.js';
import { preparePayment } from '../payment/prepare-payment.js';
import { createPointsAccounts } from '../points/accounts.js';
import { chargePoints } from '../points/charge-points.js';
import { createPointsSteps } from '../points/create-points-steps.js';
import { pointsLedger } from '../points/ledger/consumer.js';
import { pointsOf } from '../points/points-steps.js';
import { createFindOwnOrder } from '../records/own-order.js';
import { paymentRecords } from '../records/projection.js';
import { createRefunds } from '../refunds.js';
import type { ReservationSteps } from '../reservations.js';
import { createSettlement } from '../settle.js';
import { createVirtualAccounts } from '../virtual-accounts/virtual-accounts.js';
import { createLedgerProvider } from './ledger-provider.js';

export const SECRET = 'a secret of the tests, long enough';
export const asking: Asking = { causationId: 'test', actor: { id: 'test', role: 'service' } };
export const keyOf = (orderId: string): PaymentKey => PaymentKey.parse(`key of ${orderId}`);
const uuid = (n: number) => `5f0e0000-0000-4000-8000-${String(n).padStart(12, '0')}`;

/** An empty database with this service's tables. */
export const openPaymentDatabase = async (url: string): Promise<Kysely<PaymentDatabase>> => {
  const db = createDatabase<PaymentDatabase>({ url, schema: SCHEMA, applicationName: 'test', max: 6 });
  await runMigrations(db, SCHEMA, migrations);
  return db;
};

/** All the money of this service over a store in memory and a provider with its own books. Only reservations are made up. */
export const createMoneyWorld = (db: Kysely<PaymentDatabase>, logger: Logger) => {
  let now = Date.parse('2026-05-01T10:00:00Z');
  const clock = () => now;
  const store = createModelStore();
  const bank = createLedgerProvider(clock);
  const { provider } = bank;
  const closed = new Set<string>();
  const orders = createOrders({ store, clock });
  const points = createPointsSteps({ store, clock, logger });
  const accounts = createVirtualAccounts({ db, secret: SECRET });
  const charging = createCharging({ provider, clock, logger });
  const reservations: ReservationSteps = {
    find: async () => undefined,
    startPayment: async () => undefined,
    confirm: async ({ reservationId }) => (closed.has(reservationId) ? 'closed' : { position: '7' }),
    failPayment: async () => undefined,
    awaitDeposit: async (_, dueBy) => ({ dueBy }),
    refundedOutside: async () => undefined,
    cancel: async () => ({ refund: null, position: null }),
  };
  const refunds = createRefunds({ orders, charging, points, accounts, reservations, logger });
  const settlement = createSettlement({
    ...{ orders, provider, charging, refunds, points, accounts, reservations, clock, logger },
    providerTimeoutMs: 60_000,
  });

  let count = 0;
  const prepare = async (cardAmount = 50_000, pointAmount = 0): Promise<Order> => {
    count += 1;
    const order: Order = {
      orderId: OrderId.parse(`order-${String(count).padStart(3, '0')}`),
      reservationId: ReservationId.parse(uuid(100 + count)),
      userId: UserId.parse(uuid(200 + count)),
      performanceId: PerformanceId.parse(uuid(1)),
      amount: Won.parse(cardAmount + pointAmount),
      cardAmount: Won.parse(cardAmount),
      pointAmount: Won.parse(pointAmount),
      orderName: 'TK',
    };
    if (pointAmount > 0) await buyPoints(order.userId, pointAmount);
    await orders.decide(order, 'prepare', (at) => preparePayment({ order, now: at }), asking);
    return order;
  };

  const buyPoints = async (userId: UserId, amount: number): Promise<void> => {
    const orderId = OrderId.parse(`pts_${userId}`);
    const command = { id: `points-charge:${orderId}`, correlationId: orderId };
    await createPointsAccounts({ store, clock }).decide(
      userId,
      { ...command, decideAt: (at) => chargePoints({ orderId, userId, amount: Won.parse(amount), now: at }) },
      asking,
    );
  };

  return {
    ...{ store, bank, provider, orders, refunds, settlement, charging, accounts, clock, closed, prepare, points, reservations },
    findOrder: createFindOwnOrder(store),
    pass: (ms: number): void => {
      now += ms;
    },
    /** Prepared, charged, confirmed, its points spent. */
    paid: async (cardAmount = 50_000, pointAmount = 0): Promise<Order> => {
      const order = await prepare(cardAmount, pointAmount);
      await settlement.confirm(order, keyOf(order.orderId), asking);
      if (pointAmount > 0) await points.capture(pointsOf(order), asking);
      return order;
    },
    types: async (orderId: OrderId): Promise<readonly string[]> => {
      const types: string[] = [];
      for await (const event of store.readStream(paymentStream(orderId))) types.push(event.type.replace('Payment', ''));
      return types;
    },
    /** Makes the rows the consumers would have made by now. */
    project: async (): Promise<void> => {
      await sql`truncate payments, refunds, points_entries, points_transactions`.execute(db);
      const codec = createCodec(allEvents);
      for await (const stored of store.readAll({ from: 'start' })) {
        const decoded = codec.decode(stored);
        if (decoded.kind !== 'event') continue;
        const { event } = decoded;
        for (const consumer of [paymentRecords, pointsLedger]) {
          if (consumer.handles.has(event.type)) await db.transaction().execute((tx) => consumer.apply(tx as never, [event]));
        }
      }
    },
  };
};

export type MoneyWorld = ReturnType<typeof createMoneyWorld>;
