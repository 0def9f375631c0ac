import { SettleAnswer } from '@tiketi/shared-kernel/contracts/http/internal.js';
import { CommandId, type OrderId, type PerformanceId, type ReservationId } from '@tiketi/shared-kernel/contracts/ids.js';
import { instantOf } from '@tiketi/shared-kernel/contracts/time.js';
import type { Effect, EffectHandler } from '@tiketi/shared-kernel/event-sourcing/consumers/effect-worker.js';
import type { CommandContext } from '@tiketi/shared-kernel/event-sourcing/metadata.js';
import { type ServiceClient, ServiceProblem, ServiceUnreachable } from '@tiketi/shared-kernel/service/service-client.js';
import type { z } from 'zod';
import type { Bookings } from '../bookings.js';
import type { InventoryCommand } from '../inventory/commands.js';
import type { Inventories } from '../inventory/inventories.js';
import { awaitDeposit } from '../reservation/await-deposit.js';
import { cancelForShow } from '../reservation/cancel-for-show.js';
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

const ASKS_PAYMENT: ReadonlySet<string> = new Set<EffectKind>([
  'abandon',
  'resolve',
  'close-deposit',
  'close-order',
  'confirm',
  'fail-payment',
  'capture-points',
  'refund-order',
  'refund',
]);

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
    step: 'abandon' | 'resolve' | 'close' | 'give-back' | 'refund' | 'finish-refund' | 'capture-points' | 'void-points',
    orderId: OrderId,
    { correlationId, causationId }: Effect,
    body: Record<string, unknown> = {},
  ): Promise<SettleAnswer> =>
    SettleAnswer.parse(
      await ports.payments.post(`/internal/payments/${orderId}/${step}`, body, {
        correlationId,
        causationId,
        timeoutMs: ports.paymentTimeoutMs,
      }),
    );

  /** Asks until the order has come to some end. */
  const untilSettled = async (step: 'abandon' | 'resolve' | 'close', orderId: OrderId, effect: Effect): Promise<Ran> => {
    const { status } = await askPayment(step, orderId, effect);
    return status === 'open' ? later(effect) : 'done';
  };

  const untilRefunded = async (
    step: 'give-back' | 'refund' | 'finish-refund',
    orderId: OrderId,
    effect: Effect,
    body: Record<string, unknown> = {},
  ): Promise<Ran> => {
    const { status } = await askPayment(step, orderId, effect, body);
    return status === 'refunded' ? 'done' : later(effect);
  };

  const inInventory = async (performanceId: PerformanceId, command: InventoryCommand, effect: Effect): Promise<Ran> => {
    const outcome = await inventories.run(performanceId, command, contextOf(effect, effect.id));
    if (outcome.kind === 'refused')
      throw new InventoryDisagrees(`${effect.id}: the inventory says ${outcome.refusal}`, outcome.refusal);
    return 'done';
  };

  return {
    'open-inventory': handle('open-inventory', (scheduled, effect) =>
      inInventory(scheduled.performanceId, { kind: 'open', scheduled, now: instantOf(clock()) }, effect),
    ),

    'change-terms': handle('change-terms', ({ performanceId, refundPolicyVersion }, effect) =>
      inInventory(performanceId, { kind: 'change-terms', terms: { refundPolicyVersion }, now: instantOf(clock()) }, effect),
    ),

    'cancel-sales': handle('cancel-sales', ({ performanceId }, effect) =>
      inInventory(performanceId, { kind: 'cancel-sales', now: instantOf(clock()) }, effect),
    ),

    'cancel-for-show': handle('cancel-for-show', async ({ reservationId }, effect) => {
      const decided = await reservations.decide(reservationId, (now) => cancelForShow({ now }), contextOf(effect, effect.id));
      found(decided, reservationId);
      return 'done';
    }),

    expire: handle('expire', async ({ reservationId }, effect) => {
      const decided = await reservations.decide(reservationId, (now) => expireReservation({ now }), contextOf(effect, effect.id));
      const { held, outcome } = found(decided, reservationId);
      if (outcome.kind === 'accepted') return 'done';
      if (outcome.refusal === 'NotDue') return { retryAt: new Date(held.holdUntil) };
      const dueBy = outcome.state.status === 'awaitingDeposit' ? outcome.state.dueBy : undefined;
      return { retryAt: new Date(Math.max(lastCall(held, dueBy), clock() + 1000)) };
    }),

    // open: the charge was asked for meanwhile; the event that says so settles this wish and asks for the outcome instead
    abandon: handle('abandon', ({ orderId }, effect) => untilSettled('abandon', orderId, effect)),

    resolve: handle('resolve', ({ orderId }, effect) => untilSettled('resolve', orderId, effect)),

    'await-deposit': handle('await-deposit', async ({ reservationId, orderId, dueBy }, effect) => {
      const context = contextOf(effect, `await-deposit:${orderId}`);
      const decided = await reservations.decide(reservationId, (now) => awaitDeposit({ orderId, dueBy, now }), context);
      if (found(decided, reservationId).outcome.kind === 'accepted') return 'done';
      // the reservation does not wait: nobody may pay into the account any more
      return untilSettled('close', orderId, effect);
    }),

    'close-deposit': handle('close-deposit', ({ orderId }, effect) => untilSettled('close', orderId, effect)),

    'close-order': handle('close-order', ({ orderId }, effect) => untilSettled('close', orderId, effect)),

    confirm: handle('confirm', async ({ reservationId, orderId }, effect) => {
      const decided = await reservations.decide(
        reservationId,
        (now) => confirmReservation({ orderId, now }),
        contextOf(effect, effect.id),
      );
      if (found(decided, reservationId).outcome.kind === 'accepted') return 'done';
      // charged, and nothing to give for it: the whole charge goes back
      return untilRefunded('give-back', orderId, effect);
    }),

    'fail-payment': handle('fail-payment', async ({ reservationId, orderId, pointAmount, reason }, effect) => {
      if (pointAmount > 0) await askPayment('void-points', orderId, effect);
      const context = contextOf(effect, `fail:${orderId}`);
      const decided = await reservations.decide(reservationId, (now) => failPayment({ orderId, reason, now }), context);
      const { outcome } = found(decided, reservationId);
      if (outcome.kind === 'refused') throw new Error(`payment ${orderId} failed and its reservation says ${outcome.refusal}`);
      return 'done';
    }),

    sell: handle('sell', async ({ reservationId, orderId }, effect) => {
      const performanceId = await performanceOf(reservationId);
      try {
        return await inInventory(performanceId, { kind: 'sell', reservationId, orderId, now: instantOf(clock()) }, effect);
      } catch (error) {
        // a booking cancelled before this ran has given its seats back already
        const released = error instanceof InventoryDisagrees && error.refusal === 'HoldReleased';
        if (released && (await reservations.snapshot(reservationId))?.status === 'cancelled') return 'done';
        throw error;
      }
    }),

    'capture-points': handle('capture-points', async ({ orderId }, effect) => {
      await askPayment('capture-points', orderId, effect);
      return 'done';
    }),

    release: handle('release', async ({ reservationId, reason }, effect) => {
      const performanceId = await performanceOf(reservationId);
      return inInventory(performanceId, { kind: 'release', reservationId, reason, now: instantOf(clock()) }, effect);
    }),

    'refund-order': handle('refund-order', ({ orderId, refundId, amount, reason }, effect) =>
      untilRefunded('refund', orderId, effect, { refundId, amount, reason }),
    ),

    refund: handle('refund', ({ orderId, refundId }, effect) => untilRefunded('finish-refund', orderId, effect, { refundId })),
  };
};

/** Two streams disagree: nothing to retry, something to look at. */
class InventoryDisagrees extends Error {
  override readonly name = 'InventoryDisagrees';
  constructor(
    message: string,
    readonly refusal: string,
  ) {
    super(message);
  }
}

const handle =
  <K extends EffectKind>(
    kind: K,
    run: (payload: z.infer<(typeof effectPayloads)[K]>, effect: Effect) => Promise<Ran>,
  ): EffectHandler =>
  async (effect) =>
    // the schema is this kind's own, which the indexed table no longer says
    run(effectPayloads[kind].parse(effect.payload) as z.infer<(typeof effectPayloads)[K]>, effect);
