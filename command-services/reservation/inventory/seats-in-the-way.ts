import type { SeatId } from '@tiketi/shared-kernel/contracts/ids.js';
import type { InventoryCommand, InventoryRefusal } from './commands.js';
import { placeOf } from './hall.js';
import type { Inventory, OpenInventory } from './inventory.js';
import { hasSeat } from './seat-bits.js';

const isInTheWay = (open: OpenInventory, refusal: InventoryRefusal, seatId: SeatId): boolean => {
  const place = placeOf(open.hall, seatId);
  if (place === undefined) return refusal === 'SeatUnknown';
  if (refusal === 'SeatBlocked') return hasSeat(open.blocked, place.seat);
  return (refusal === 'SeatTaken' || refusal === 'SeatInUse') && hasSeat(open.taken, place.seat);
};

/** Which of the seats a command named are the reason of its refusal; empty where none is. */
export const seatsInTheWay = (command: InventoryCommand, refusal: InventoryRefusal, state: Inventory): readonly SeatId[] => {
  if (state.status === 'unopened' || !('seatIds' in command)) return [];
  return command.seatIds.filter((seatId) => isInTheWay(state, refusal, seatId));
};
