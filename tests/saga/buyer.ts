import type { Asking } from '@tiketi/payment/orders.js';
import { BookingsBehindError } from '@tiketi/reservation/bookings.js';
import { type OrderId, PaymentKey, type ReservationId, type SeatId, type UserId } from '@tiketi/shared-kernel/contracts/ids.js';
import { OutcomeUnknownError } from '@tiketi/shared-kernel/event-sourcing/command-handler.js';
import { StoreUnavailableError } from '@tiketi/shared-kernel/event-sourcing/event-store/port.js';
import { ProblemError } from '@tiketi/shared-kernel/service/problem.js';
import { ServiceUnreachable } from '@tiketi/shared-kernel/service/service-client.js';
import type { Fate } from './bank.js';
import { performanceId } from './hall.js';
import type { World } from './world.js';

/** What a buyer is told: something, a refusal by its code, or nothing that means anything. */
export type Said<T> = { readonly told: T } | { readonly refused: string } | 'nothing';

export type OrderOf = { readonly orderId: OrderId; readonly amount: number; readonly paymentKey: PaymentKey | undefined };

/** What says to come again. */
const AWAY = [ServiceUnreachable, OutcomeUnknownError, StoreUnavailableError, BookingsBehindError];

const ANSWER_WITHIN_MS = 3000;
const REPEAT_AFTER_MS = 2500;
/** More than a process and its lease take to come back. */
const MOST_REPEATS = 4;

const REFUND_ACCOUNT = { bank: '20', accountNumber: '1002', holderName: 'A' };

/** A buyer at the services' doors. A stubborn one repeats with the same key what got no answer. */
export const createBuyer = (world: World, userId: UserId, stubborn: boolean) => {
  const { turns, reservation, payment, bank, kept, noted } = world;
  const asking: Asking = { causationId: 'request', actor: { id: userId, role: 'user' } };

  const once = async <T>(what: string, run: () => Promise<T>): Promise<Said<T>> => {
    await turns.turn();
    try {
      return { told: await run() };
    } catch (error) {
      if (error instanceof ProblemError) return error.status >= 500 ? 'nothing' : { refused: error.code };
      if (!AWAY.some((kind) => error instanceof kind)) noted(what, error);
      return 'nothing';
    }
  };

  const ask = async <T>(what: string, run: () => Promise<T>): Promise<Said<T>> => {
    for (let repeats = 0; ; repeats += 1) {
      const said = await once(what, run);
      if (said !== 'nothing' || !stubborn || repeats >= MOST_REPEATS) return said;
      await turns.sleep(REPEAT_AFTER_MS);
    }
  };

  return {
    reserve: async (key: string, seatIds: readonly SeatId[]): Promise<ReservationId | undefined> => {
      const body = { performanceId, seatIds: [...seatIds], tickets: [] };
      const request = { userId, idempotencyKey: key, fingerprint: key, requestId: key, body };
      const said = await ask('reserve', () => reservation.ask(({ reserve }) => reserve(request)));
      return said !== 'nothing' && 'told' in said ? said.told.id : undefined;
    },
    /** Fixes an order, and goes through the provider's checkout for what points do not pay. */
    order: async (reservationId: ReservationId, key: string, pointAmount: number, fate: Fate): Promise<OrderOf | undefined> => {
      const body = { reservationId, pointAmount };
      const said = await ask('prepare', () => payment.ask(({ payments }) => payments.prepare(body, userId, key, asking)));
      if (said === 'nothing' || 'refused' in said) return undefined;
      const { orderId, amount } = said.told;
      if (fate === 'account') kept.refundAccounts.set(orderId, { account: REFUND_ACCOUNT, version: '1' });
      const paymentKey = amount === 0 ? undefined : PaymentKey.parse(bank.checkout(orderId, amount, fate));
      return { orderId, amount, paymentKey };
    },
    /** Through another checkout of the same order. */
    anew: (order: OrderOf, fate: Fate): OrderOf => ({
      ...order,
      paymentKey: PaymentKey.parse(bank.checkout(order.orderId, order.amount, fate)),
    }),
    /** The kind of the answer, or the code of the refusal. */
    confirm: async ({ orderId, amount, paymentKey }: OrderOf): Promise<string> => {
      const body = { orderId, amount, ...(paymentKey === undefined ? {} : { paymentKey }) };
      const said = await ask('confirm', () =>
        payment.ask(async ({ payments }) => {
          const { settled } = await payments.confirm(body, userId, asking);
          const late = turns.sleep(ANSWER_WITHIN_MS).then(() => ({ kind: 'delayed' }) as const);
          return Promise.race([settled, late]);
        }),
      );
      if (said === 'nothing') return said;
      if ('refused' in said) return said.refused;
      return said.told.kind === 'refused' ? said.told.refusal : said.told.kind;
    },
    cancel: async (reservationId: ReservationId): Promise<string> => {
      const said = await ask('cancel', () =>
        reservation.ask(({ cancellations }) => cancellations.cancel(reservationId, userId, 'buyer')),
      );
      return said === 'nothing' ? said : 'refused' in said ? said.refused : 'cancelled';
    },
    /** The same, by way of the payment's own cancel. */
    cancelPayment: async (orderId: OrderId, key: string): Promise<string> => {
      const by = { userId, staff: false };
      const said = await ask('cancel payment', () =>
        payment.ask(({ payments }) => payments.cancel(orderId, by, { cancelReason: 'changed my mind' }, key, asking)),
      );
      return said === 'nothing' ? said : 'refused' in said ? said.refused : said.told.status;
    },
  };
};

export type Buyer = ReturnType<typeof createBuyer>;
