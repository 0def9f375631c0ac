import type { OrderId, UserId } from '@tiketi/shared-kernel/contracts/ids.js';
import type { Won } from '@tiketi/shared-kernel/contracts/money.js';
import type { Asking } from '../orders.js';
import type { PointsAccounts } from './accounts.js';
import { chargePoints } from './charge-points.js';
import { MOST_POINTS } from './points.js';

type Charge = { readonly orderId: OrderId; readonly userId: UserId; readonly amount: Won };

/** What buying points needs of them. */
export const createChargedPoints = (accounts: PointsAccounts) => ({
  /** Whether so many more may be sold. */
  hasRoom: async (userId: UserId, amount: Won): Promise<boolean> => {
    const { available, held } = await accounts.find(userId);
    return available + held + amount <= MOST_POINTS;
  },

  isCredited: async ({ userId, orderId }: Pick<Charge, 'userId' | 'orderId'>): Promise<boolean> =>
    (await accounts.find(userId)).orders.get(orderId)?.status === 'charged',

  /** Credits a paid order, once; the commit position that shows it. Throws where the stream refuses, which is a fault. */
  credit: async (charge: Charge, asking: Asking): Promise<bigint | undefined> => {
    const { orderId, userId } = charge;
    const credited = await accounts.decide(
      userId,
      { id: `points-charge:${orderId}`, correlationId: orderId, decideAt: (now) => chargePoints({ ...charge, now }) },
      asking,
    );
    if (credited.kind === 'refused') throw new Error(`points of order ${orderId} cannot be credited: ${credited.refusal}`);
    return credited.position?.commit;
  },
});
