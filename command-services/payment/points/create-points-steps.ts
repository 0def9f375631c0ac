import { Won } from '@tiketi/shared-kernel/contracts/money.js';
import type { Logger } from '@tiketi/shared-kernel/service/logger.js';
import type { Asking } from '../orders.js';
import { createPointsAccounts, type PointsAccountsPorts, type PointsCommand } from './accounts.js';
import { capturePoints } from './capture-points.js';
import { type HoldPointsRefusal, holdPoints } from './hold-points.js';
import type { Points } from './points.js';
import type { PointsOrder, PointsSteps } from './points-steps.js';
import { refundPoints } from './refund-points.js';
import { voidHold } from './void-hold.js';

/** The points stream says no where it never should: asking again will not help, a person has to look. */
export class PointsRefusedError extends Error {
  override readonly name = 'PointsRefusedError';
}

/**
 * The points' side of paying. Every step throws PointsRefusedError (after an alarm) where its refusal means a fault, and
 * OutcomeUnknownError or StoreUnavailableError where it cannot be known; asked again it is done once.
 */
export const createPointsSteps = (ports: PointsAccountsPorts & { readonly logger: Logger }): PointsSteps => {
  const { logger } = ports;
  const accounts = createPointsAccounts(ports);

  const alarm = (step: string, { orderId }: PointsOrder, refusal: string): PointsRefusedError => {
    logger.error({ alarm: 'points-refused', orderId, step, refusal }, 'points and their order disagree: a person has to look');
    return new PointsRefusedError(`${step} of order ${orderId}: ${refusal}`);
  };

  const run = async <R extends string>(
    order: PointsOrder,
    step: string,
    decideAt: PointsCommand<R>['decideAt'],
    asking: Asking,
  ): Promise<Points> => {
    const { orderId, userId, correlationId } = order;
    const done = await accounts.decide(userId, { id: `points-${step}:${orderId}`, correlationId, decideAt }, asking);
    if (done.kind === 'refused') throw alarm(step, order, done.refusal);
    return done.state;
  };

  return {
    available: async (userId) => Won.parse((await accounts.find(userId)).available),
    hold: async (order, asking) => {
      const { orderId, userId, pointAmount: amount, correlationId } = order;
      if (amount === 0) return 'held';
      const decideAt: PointsCommand<HoldPointsRefusal>['decideAt'] = (now) => holdPoints({ orderId, userId, amount, now });
      const held = await accounts.decide(userId, { id: `points-hold:${orderId}`, correlationId, decideAt }, asking);
      if (held.kind === 'accepted') {
        // a repeat is answered by the stream's past; what counts is how the order stands
        const standing = held.state.orders.get(orderId);
        if (standing?.status === 'voided') return 'closed';
        if (standing?.amount !== amount) throw alarm('hold', order, 'OrderMismatch');
        return 'held';
      }
      if (held.refusal === 'OrderMismatch') throw alarm('hold', order, held.refusal);
      return held.refusal === 'InsufficientPoints' ? 'insufficient' : 'closed';
    },
    capture: async (order, asking) => {
      if (order.pointAmount > 0) await run(order, 'capture', (now) => capturePoints({ ...order, now }), asking);
    },
    void: async (order, asking) => {
      if (order.pointAmount > 0) await run(order, 'void', (now) => voidHold({ ...order, now }), asking);
    },
    refund: async (order, { refundId, amount }, asking) => {
      if (order.pointAmount === 0 && amount === 0) return;
      const step = `refund-${refundId}`;
      const { orders } = await run(order, step, (now) => refundPoints({ ...order, refundId, amount, now }), asking);
      const captured = orders.get(order.orderId);
      const given = captured?.status === 'captured' ? (captured.refunds.get(refundId) ?? 0) : 0;
      // the same command id with another amount was answered by what it had done before
      if (given !== amount) throw alarm(step, order, 'RefundMismatch');
    },
  };
};
