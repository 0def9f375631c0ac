import { OrderId, type UserId } from '@tiketi/shared-kernel/contracts/ids.js';
import { v5 as uuidv5 } from 'uuid';

/** Names the derivation below; changing it would give old requests new orders. */
const CHARGES = '0b0a3c52-1d37-4e0c-9d5e-6c3a1a6f5b11';

const PREFIX = 'pts_';

/** The same request of the same buyer always means the same order. */
export const chargeOrderIdOf = (userId: UserId, idempotencyKey: string): OrderId =>
  OrderId.parse(`${PREFIX}${uuidv5(`${userId}:${idempotencyKey}`, CHARGES).replaceAll('-', '')}`);

/** Orders of this kind, which buy points, are told by their id alone; all others pay for a reservation. */
export const isPointCharge = (orderId: string): boolean => orderId.startsWith(PREFIX);
