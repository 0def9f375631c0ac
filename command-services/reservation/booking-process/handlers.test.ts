import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type InventoryEvent, inventoryEvents } from '@tiketi/shared-kernel/contracts/events/inventory.js';
import { DEFAULT_REFUND_POLICY } from '@tiketi/shared-kernel/contracts/events/refund-policy.js';
import { CommandId } from '@tiketi/shared-kernel/contracts/ids.js';
import { Won } from '@tiketi/shared-kernel/contracts/money.js';
import { inventoryStream, reservationStream } from '@tiketi/shared-kernel/contracts/streams.js';
import { type Instant, millisecondsOf } from '@tiketi/shared-kernel/contracts/time.js';
import { createCodec } from '@tiketi/shared-kernel/event-sourcing/codec.js';
import type { Effect } from '@tiketi/shared-kernel/event-sourcing/consumers/effect-worker.js';
import type { JsonValue } from '@tiketi/shared-kernel/event-sourcing/consumers/effects.js';
import type { CommandContext } from '@tiketi/shared-kernel/event-sourcing/metadata.js';
import { createSerialWriters, type SerialWriters } from '@tiketi/shared-kernel/event-sourcing/serial-writer/serial-writers.js';
import { createModelStore, type ModelStore } from '@tiketi/shared-kernel/event-sourcing/testing/model-store.js';
import { ServiceProblem, ServiceUnreachable } from '@tiketi/shared-kernel/service/service-client.js';
import type { Bookings } from '../bookings.js';
import { createInventories, type Inventories } from '../inventory/inventories.js';
import { type Inventory, inventory } from '../inventory/inventory.js';
import { cancelReservation } from '../reservation/cancel-reservation.js';
import { confirmReservation } from '../reservation/confirm-reservation.js';
import { createReservations, type Reservations } from '../reservation/reservations.js';
import { startPayment } from '../reservation/start-payment.js';
import { anna, at, heldBy, ids, orderId, performanceId, scheduled, seats } from '../testing/facts.js';
import type { EffectKind } from './effects.js';
import { effectHandlers, isPaymentOutage, leaseOf } from './handlers.js';

const { reservationId, reservationNumber } = ids[0];
const held = heldBy(anna, ids[0], ['A-1-1', 'A-1-2']).data;
const order = { reservationId, orderId };
const terms = { policy: DEFAULT_REFUND_POLICY, startsAt: scheduled.startsAt };
const dueBy = at('20:00');

const context = (id: string): CommandContext => ({
  commandId: CommandId.parse(id),
  correlationId: reservationId,
  causationId: 'test',
  actor: { id: 'test', role: 'user' },
});

describe('the wishes of the booking process', () => {
  let store: ModelStore;
  let writers: SerialWriters<Inventory, InventoryEvent>;
  let inventories: Inventories;
  let reservations: Reservations;
  let now: number;
  let asked: string[];
  let answer: () => unknown;
  let known: boolean;
  let run: (kind: EffectKind, payload: JsonValue, attempt?: number) => Promise<'done' | { readonly retryAt: Date }>;

  const clockAt = (instant: Instant): void => {
    now = millisecondsOf(instant);
  };
  const typesIn = async (stream: string): Promise<string[]> => {
    const types: string[] = [];
    for await (const event of store.readStream(stream)) types.push(event.type);
    return types;
  };
  const inventoryTypes = () => typesIn(inventoryStream(performanceId));
  const reservationTypes = () => typesIn(reservationStream(reservationId));

  beforeEach(async () => {
    store = createModelStore();
    clockAt(at('10:00'));
    asked = [];
    answer = () => ({ status: 'open' });
    known = true;
    const bookings: Bookings = { find: async () => (known ? held : undefined), remember: () => undefined };
    writers = createSerialWriters({ store, codec: createCodec(inventoryEvents), aggregate: inventory });
    inventories = createInventories(writers);
    reservations = createReservations({ store, bookings, clock: () => now });
    const payments = {
      post: async (path: string) => {
        asked.push(path);
        return answer();
      },
    };
    const handlers = effectHandlers({
      inventories,
      reservations,
      bookings,
      payments,
      clock: () => now,
      askAgainMs: 10_000,
      paymentTimeoutMs: 70_000,
    });
    run = (kind, payload, attempt = 1) => {
      const effect: Effect = {
        ...{ id: `${kind}:${orderId}`, key: reservationId, kind, payload, dueAt: new Date(now), attempt },
        ...{ correlationId: reservationId, causationId: 'an event' },
      };
      return handlers[kind](effect);
    };
    await run('open-inventory', JSON.parse(JSON.stringify(scheduled)));
    const seatIds = seats('A-1-1', 'A-1-2');
    const hold = { kind: 'hold', reservationId, reservationNumber, userId: anna, seatIds, tickets: [] } as const;
    await inventories.run(performanceId, { ...hold, entry: { kind: 'none' }, now: at('10:00') }, context('hold'));
  });

  afterEach(() => writers.close());

  const pay = async () => {
    clockAt(at('10:01'));
    const start = { orderId, amount: held.totalAmount, pointAmount: Won.parse(0), payWithinMs: 90_000 };
    await reservations.decide(reservationId, (instant) => startPayment({ ...start, now: instant }), context('start'));
  };
  const confirm = () =>
    reservations.decide(reservationId, (instant) => confirmReservation({ orderId, now: instant }), context('confirm'));

  it('open an inventory once', async () => {
    await run('open-inventory', JSON.parse(JSON.stringify(scheduled)));
    expect(await inventoryTypes()).toEqual(['InventoryOpened', 'SeatsHeld']);
  });

  it('keep what waits for the provider longer to themselves than what does not', () => {
    const lease = leaseOf(70_000);
    expect([lease('refund'), lease('sell')]).toEqual([82_000, 12_000]);
  });

  it('fail for a payload that is not theirs', async () => {
    await expect(run('expire', { reservationId: 'nobody' })).rejects.toThrow();
  });

  describe('expire', () => {
    const expire = () => run('expire', { reservationId });
    it('ends an unpaid hold, opening its stream', async () => {
      clockAt(at('10:10'));
      expect(await expire()).toBe('done');
      expect(await reservationTypes()).toEqual(['ReservationOpened', 'ReservationExpired']);
    });
    it('comes back at the end of the hold when it is early', async () => {
      clockAt(at('10:09'));
      expect(await expire()).toEqual({ retryAt: new Date(held.holdUntil) });
    });
    it('waits for a payment until the last call, 15 minutes after the hold', async () => {
      await pay();
      clockAt(at('10:10'));
      expect(await expire()).toEqual({ retryAt: new Date(at('10:15')) });
      clockAt(at('10:15'));
      expect(await expire()).toBe('done');
      expect((await reservationTypes()).at(-1)).toBe('ReservationExpired');
    });
    it('leaves a confirmed reservation alone', async () => {
      await pay();
      await confirm();
      clockAt(at('10:20'));
      expect(await expire()).toBe('done');
      expect((await reservationTypes()).at(-1)).toBe('ReservationConfirmed');
    });
    it('fails where the booking is not known', async () => {
      known = false;
      await expect(expire()).rejects.toThrow('no booking');
    });
  });

  it('abandon: the payment decides, and is asked again while its charge is open', async () => {
    expect(await run('abandon', order)).toEqual({ retryAt: new Date(now + 10_000) });
    answer = () => ({ status: 'abandoned' });
    expect(await run('abandon', order)).toBe('done');
    expect(asked).toEqual([`/internal/payments/${orderId}/abandon`, `/internal/payments/${orderId}/abandon`]);
  });

  it('take the payment service’s absence and faults for outages, its refusals not', () => {
    const problem = (status: number) => new ServiceProblem(status, 'X', undefined);
    expect([new ServiceUnreachable('x'), problem(503), problem(404), new Error('x')].map(isPaymentOutage)).toEqual([
      true,
      true,
      false,
      false,
    ]);
  });

  it('ask less and less often, at least once a minute', async () => {
    const waits = [];
    for (const attempt of [1, 2, 3, 4, 50]) {
      const ran = await run('resolve', order, attempt);
      waits.push(typeof ran === 'string' ? ran : ran.retryAt.getTime() - now);
    }
    expect(waits).toEqual([10_000, 20_000, 40_000, 60_000, 60_000]);
  });

  describe('resolve', () => {
    it('asks again while the outcome is open', async () => {
      expect(await run('resolve', order)).toEqual({ retryAt: new Date(now + 10_000) });
    });
    it('is done once it is known', async () => {
      answer = () => ({ status: 'declined' });
      expect(await run('resolve', order)).toBe('done');
    });
    it('fails for an answer it does not know', async () => {
      answer = () => ({ status: 'perhaps' });
      await expect(run('resolve', order)).rejects.toThrow();
    });
  });

  describe('confirm', () => {
    it('finishes what the request handler began', async () => {
      await pay();
      expect(await run('confirm', order)).toBe('done');
      expect(await run('confirm', order)).toBe('done');
      expect((await reservationTypes()).filter((type) => type === 'ReservationConfirmed')).toHaveLength(1);
      expect(asked).toEqual([]);
    });
    it('gives the charge back when the reservation has ended, and asks again until it is back', async () => {
      await reservations.decide(reservationId, (instant) => cancelReservation({ ...terms, now: instant }), context('cancel'));
      expect(await run('confirm', order)).toEqual({ retryAt: new Date(now + 10_000) });
      answer = () => ({ status: 'refunded' });
      expect(await run('confirm', order)).toBe('done');
      expect(asked).toEqual([`/internal/payments/${orderId}/give-back`, `/internal/payments/${orderId}/give-back`]);
    });
  });

  describe('fail-payment', () => {
    const fail = () => run('fail-payment', { ...order, reason: 'declined' });
    it('returns the reservation to pending', async () => {
      await pay();
      expect(await fail()).toBe('done');
      expect((await reservationTypes()).at(-1)).toBe('PaymentAttemptFailed');
    });
    it('alarms when the reservation is confirmed by that very order', async () => {
      await pay();
      await confirm();
      await expect(fail()).rejects.toThrow('AlreadyConfirmed');
    });
  });

  describe('sell and release', () => {
    const sell = () => run('sell', order);
    const release = () => run('release', { reservationId, reason: 'expired' });
    it('sell once', async () => {
      expect([await sell(), await sell()]).toEqual(['done', 'done']);
      expect((await inventoryTypes()).filter((type) => type === 'SeatsSold')).toHaveLength(1);
    });
    it('release once', async () => {
      expect([await release(), await release()]).toEqual(['done', 'done']);
      expect((await inventoryTypes()).filter((type) => type === 'SeatsReleased')).toHaveLength(1);
    });
    it('alarm when the inventory disagrees', async () => {
      await release();
      await expect(sell()).rejects.toThrow('HoldReleased');
    });
    it('alarm when sold seats are to be released', async () => {
      await sell();
      await expect(release()).rejects.toThrow('AlreadySold');
    });
    it('fail where the booking is not known', async () => {
      known = false;
      await expect(sell()).rejects.toThrow('no booking');
    });
  });

  describe('refund', () => {
    it('asks again until the charge is back', async () => {
      expect(await run('refund', order)).toEqual({ retryAt: new Date(now + 10_000) });
      answer = () => ({ status: 'refunded' });
      expect(await run('refund', order)).toBe('done');
      expect(asked[0]).toBe(`/internal/payments/${orderId}/finish-refund`);
    });
    it('of a cancelled booking asks for what is due', async () => {
      const wish = { ...order, refundId: 'cancelled', amount: 84_000, reason: 'reservation_cancelled' };
      expect(await run('refund-order', wish)).toEqual({ retryAt: new Date(now + 10_000) });
      answer = () => ({ status: 'refunded' });
      expect(await run('refund-order', wish)).toBe('done');
      expect(asked[0]).toBe(`/internal/payments/${orderId}/refund`);
    });
  });

  describe('points', () => {
    it('are spent once the reservation is confirmed', async () => {
      answer = () => ({ status: 'approved' });
      expect(await run('capture-points', order)).toBe('done');
      expect(asked).toEqual([`/internal/payments/${orderId}/capture-points`]);
    });
    it('are let go before the reservation is told of the failure', async () => {
      await pay();
      answer = () => {
        throw new ServiceUnreachable('down');
      };
      const fail = () => run('fail-payment', { ...order, pointAmount: 5000, reason: 'abandoned' });
      await expect(fail()).rejects.toThrow('down');
      expect((await reservationTypes()).at(-1)).toBe('PaymentStarted');
      answer = () => ({ status: 'abandoned' });
      expect(await fail()).toBe('done');
      expect((await reservationTypes()).at(-1)).toBe('PaymentAttemptFailed');
    });
  });

  describe('deposits', () => {
    const wait = () => run('await-deposit', { ...order, dueBy });
    it('are waited for', async () => {
      await pay();
      expect([await wait(), await wait()]).toEqual(['done', 'done']);
      expect((await reservationTypes()).at(-1)).toBe('DepositAwaited');
    });
    it('close the account where the reservation does not wait', async () => {
      expect(await wait()).toEqual({ retryAt: new Date(now + 10_000) });
      answer = () => ({ status: 'declined' });
      expect(await wait()).toBe('done');
      expect(asked.at(-1)).toBe(`/internal/payments/${orderId}/close`);
    });
    it.each(['close-deposit', 'close-order'] as const)('%s asks until the order has ended', async (kind) => {
      expect(await run(kind, order)).toEqual({ retryAt: new Date(now + 10_000) });
      answer = () => ({ status: 'declined' });
      expect(await run(kind, order)).toBe('done');
    });
    it('hold an expiry back until 15 minutes past their due date', async () => {
      await pay();
      await wait();
      clockAt(at('10:10'));
      expect(await run('expire', { reservationId })).toEqual({ retryAt: new Date(at('20:15')) });
    });
  });

  describe('a show that changes', () => {
    it('gives its inventories other terms, once', async () => {
      const change = () => run('change-terms', { performanceId, refundPolicyVersion: 2 });
      expect([await change(), await change()]).toEqual(['done', 'done']);
      expect((await inventoryTypes()).filter((type) => type === 'SaleTermsChanged')).toHaveLength(1);
    });
    it('ends its sales, then every reservation', async () => {
      expect(await run('cancel-sales', { performanceId })).toBe('done');
      expect([await run('cancel-for-show', { reservationId }), await run('cancel-for-show', { reservationId })]).toEqual([
        'done',
        'done',
      ]);
      expect((await inventoryTypes()).at(-1)).toBe('SalesCancelled');
      expect(await reservationTypes()).toEqual(['ReservationOpened', 'ReservationCancelled']);
    });
    it('waits for an inventory that is not open yet', async () => {
      const other = '5f0e0000-0000-4000-8000-00000000ffff';
      await expect(run('cancel-sales', { performanceId: other })).rejects.toThrow('PerformanceNotFound');
    });
  });

  it('a sale that comes after its booking was cancelled and its seats went back is nothing to worry about', async () => {
    await pay();
    await confirm();
    await reservations.decide(reservationId, (instant) => cancelReservation({ ...terms, now: instant }), context('cancel'));
    expect(await run('release', { reservationId, reason: 'refunded' })).toBe('done');
    expect(await run('sell', order)).toBe('done');
    expect((await inventoryTypes()).slice(1)).toEqual(['SeatsHeld', 'SeatsReleased']);
  });
});
