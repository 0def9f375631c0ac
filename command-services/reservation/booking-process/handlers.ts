import { SettleAnswer } from '@tiketi/shared-kernel/contracts/http/internal.js';
import { CommandId, type OrderId, type PerformanceId, type ReservationId } from '@tiketi/shared-kernel/contracts/ids.js';
import { instantOf } from '@tiketi/shared-kernel/contracts/time.js';
import type { Effect, EffectHandler } from '@tiketi/shared-kernel/event-sourcing/consumers/effect-worker.js';
import type { CommandContext } from '@tiketi/shared-kernel/event-sourcing/metadata.js';
import { type ServiceClient, ServiceProblem, ServiceUnreachable } from '@tiketi/shared-kernel/service/service-client.js';
import type { z } from 'zod';
import type { Bookings } from '../bookings.js';
import type { Inventories } from '../inventory/inventories.js';
import { openInventory } from '../inventory/open-inventory.js';
import { releaseSeats } from '../inventory/release-seats.js';
import { sellSeats } from '../inventory/sell-seats.js';
import { confirmReservation } from '../reservation/confirm-reservation.js';
import { expireReservation } from '../reservation/expire-reservation.js';
import { failPayment } from '../reservation/fail-payment.js';
import { lastCall } from '../reservation/reservation.js';
import type { Decided, Reservations } from '../reservation/reservations.js';
import { type EffectKind, effectPayloads } from './effects.js';

type Ports = {
  readonly inventories: Inventories;
  readonly reservations: Reservations;
  /** The payment service's internal commands. */
  readonly payments: Pick<ServiceClient, 'post'>;
  readonly bookings: Pick<Bookings, 'find'>;
  readonly clock: () => number;
  /** How long an order whose outcome is still open is left before it is asked for again. */
  readonly askAgainMs: number;
  /** The payment service may have to wait for the provider before it answers. */
  readonly paymentTimeoutMs: number;
};

type Ran = Awaited<ReturnType<EffectHandler>>;

const ASKS_PAYMENT: ReadonlySet<string> = new Set<EffectKind>(['abandon', 'resolve', 'confirm', 'refund']);

/**
 * How long a process keeps an effect to itself; after its death another takes it up then. Longer than the effect can take:
 * local commands give up after 5 s, what asks the payment service after `paymentTimeoutMs`.
 */
export const leaseOf =
  (paymentTimeoutMs: number) =>
  (kind: string): number =>
    ASKS_PAYMENT.has(kind) ? paymentTimeoutMs + 12_000 : 12_000;

/** The payment service is away or at fault itself: nothing is wrong with the wish. */
export const isPaymentOutage = (error: unknown): boolean =>
  error instanceof ServiceUnreachable || (error instanceof ServiceProblem && error.status >= 500);

/** What stays open is asked for less and less often, down to once a minute. */
const LONGEST_ASK_AGAIN_MS = 60_000;

const contextOf = (effect: Effect, commandId: string): CommandContext => ({
  commandId: CommandId.parse(commandId),
  correlationId: effect.correlationId,
  causationId: effect.causationId,
  actor: { id: 'booking-process', role: 'service' },
});

/** The reservation an effect speaks of began with an event this process has read, so its absence is a fault. */
const found = <R>(decided: Decided<R> | undefined, id: ReservationId): Decided<R> => {
  if (decided === undefined) throw new Error(`no booking of reservation ${id}`);
  return decided;
};

/** Runs the wishes of the processes. Each names its guard, so that running twice changes nothing. */
export const effectHandlers = (ports: Ports): Record<EffectKind, EffectHandler> => {
  const { inventories, reservations, clock } = ports;
  const later = ({ attempt }: Effect): Ran => {
    const wait = Math.min(LONGEST_ASK_AGAIN_MS, ports.askAgainMs * 2 ** Math.min(attempt - 1, 10));
    return { retryAt: new Date(clock() + wait) };
  };

  const performanceOf = async (id: ReservationId): Promise<PerformanceId> => {
    const held = await ports.bookings.find(id);
    if (held === undefined) throw new Error(`no booking of reservation ${id}`);
    return held.performanceId;
  };

  const askPayment = async (
    step: 'abandon' | 'resolve' | 'refund',
    orderId: OrderId,
    correlationId: string,
  ): Promise<SettleAnswer> =>
    SettleAnswer.parse(
      await ports.payments.post(
        `/internal/payments/${orderId}/${step}`,
        {},
        { correlationId, timeoutMs: ports.paymentTimeoutMs },
      ),
    );

  return {
    'open-inventory': handle('open-inventory', async (scheduled, effect) => {
      const decide = openInventory({ scheduled, now: instantOf(clock()) });
      await inventories.decide(scheduled.performanceId, decide, contextOf(effect, effect.id));
      return 'done';
    }),

    expire: handle('expire', async ({ reservationId }, effect) => {
      const decided = await reservations.decide(reservationId, (now) => expireReservation({ now }), contextOf(effect, effect.id));
      const { held, outcome } = found(decided, reservationId);
      if (outcome.kind === 'accepted') return 'done';
      if (outcome.refusal === 'NotDue') return { retryAt: new Date(held.holdUntil) };
      return { retryAt: new Date(Math.max(lastCall(held), clock() + 1000)) };
    }),

    abandon: handle('abandon', async ({ orderId }, effect) => {
      // open: the charge was asked for meanwhile; the event that says so settles this wish and asks for the outcome instead
      const { status } = await askPayment('abandon', orderId, effect.correlationId);
      return status === 'open' ? later(effect) : 'done';
    }),

    resolve: handle('resolve', async ({ orderId }, effect) => {
      const { status } = await askPayment('resolve', orderId, effect.correlationId);
      return status === 'open' ? later(effect) : 'done';
    }),

    confirm: handle('confirm', async ({ reservationId, orderId }, effect) => {
      const decided = await reservations.decide(
        reservationId,
        (now) => confirmReservation({ orderId, now }),
        contextOf(effect, effect.id),
      );
      if (found(decided, reservationId).outcome.kind === 'accepted') return 'done';
      // charged, and nothing to give for it: the whole charge goes back
      const { status } = await askPayment('refund', orderId, effect.correlationId);
      return status === 'refunded' ? 'done' : later(effect);
    }),

    'fail-payment': handle('fail-payment', async ({ reservationId, orderId, reason }, effect) => {
      const context = contextOf(effect, `fail:${orderId}`);
      const decided = await reservations.decide(reservationId, (now) => failPayment({ orderId, reason, now }), context);
      const { outcome } = found(decided, reservationId);
      if (outcome.kind === 'refused') throw new Error(`payment ${orderId} failed and its reservation says ${outcome.refusal}`);
      return 'done';
    }),

    sell: handle('sell', async ({ reservationId, orderId }, effect) => {
      const performanceId = await performanceOf(reservationId);
      const decide = sellSeats({ reservationId, orderId, now: instantOf(clock()) });
      const outcome = await inventories.decide(performanceId, decide, contextOf(effect, effect.id));
      if (outcome.kind === 'refused')
        throw new Error(`reservation ${reservationId} is confirmed and its inventory says ${outcome.refusal}`);
      return 'done';
    }),

    release: handle('release', async ({ reservationId, reason }, effect) => {
      const performanceId = await performanceOf(reservationId);
      const decide = releaseSeats({ reservationId, reason, now: instantOf(clock()) });
      const outcome = await inventories.decide(performanceId, decide, contextOf(effect, effect.id));
      if (outcome.kind === 'refused')
        throw new Error(`reservation ${reservationId} ended and its inventory says ${outcome.refusal}`);
      return 'done';
    }),

    refund: handle('refund', async ({ orderId }, effect) => {
      const { status } = await askPayment('refund', orderId, effect.correlationId);
      return status === 'refunded' ? 'done' : later(effect);
    }),
  };
};

const handle =
  <K extends EffectKind>(
    kind: K,
    run: (payload: z.infer<(typeof effectPayloads)[K]>, effect: Effect) => Promise<Ran>,
  ): EffectHandler =>
  async (effect) =>
    // the schema is this kind's own, which the indexed table no longer says
    run(effectPayloads[kind].parse(effect.payload) as z.infer<(typeof effectPayloads)[K]>, effect);
