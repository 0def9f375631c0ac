import { Won } from '@tiketi/shared-kernel/contracts/money.js';
import type { Asking } from '../orders.js';
import type { CreditPoints } from '../point-charge/charge-settlement.js';
import { type PointsSteps, pointsOf } from '../points/points-steps.js';
import type { OwnOrder } from '../records/own-order.js';
import type { ReservationSteps } from '../reservations.js';
import type { Figures } from './compare.js';

type Ports = {
  readonly points: Pick<PointsSteps, 'void' | 'capture'>;
  readonly credit: CreditPoints;
  readonly reservations: Pick<ReservationSteps, 'find'>;
};

export type RepairPoints = (order: OwnOrder, figures: Figures, asking: Asking) => Promise<string>;

/**
 * Takes the step of an order's points that was never taken: credits what was bought, frees what an ended order holds, spends what a confirmed
 * one holds. Each is done once however often it is asked for; what none of them explains is a person's.
 */
export const createRepairPoints = ({ points, credit, reservations }: Ports): RepairPoints => {
  const heldBy = async (order: OwnOrder, asking: Asking): Promise<string> => {
    const { orderId, userId, reservationId } = order;
    if (reservationId === null) return 'a person has to look';
    const spent = pointsOf({ orderId, userId, reservationId, pointAmount: Won.parse(order.pointAmount) });
    if (order.status === 'declined' || order.status === 'abandoned') {
      await points.void(spent, asking);
      return 'points of an order that ended unpaid were freed';
    }
    const reservation = await reservations.find(reservationId, asking);
    if (order.refunds.length > 0 || reservation?.status !== 'confirmed' || reservation.orderId !== orderId) {
      return 'points are held by an order whose reservation is not confirmed: a person has to look';
    }
    await points.capture(spent, asking);
    return 'points of a confirmed reservation were spent';
  };

  return async (order, { streamCharged, streamHeld }, asking) => {
    if (order.kind === 'points' && order.status === 'approved' && streamCharged === 0) {
      await credit({ orderId: order.orderId, userId: order.userId, amount: Won.parse(order.cardAmount) }, asking);
      return 'points that were paid for were credited';
    }
    if (order.kind === 'booking' && Number(streamHeld) > 0) return heldBy(order, asking);
    return 'a person has to look';
  };
};
