import type { InventoryEvent } from '@tiketi/shared-kernel/contracts/events/inventory.js';
import type { PerformanceId, ReservationId } from '@tiketi/shared-kernel/contracts/ids.js';
import { inventoryStream } from '@tiketi/shared-kernel/contracts/streams.js';
import type { Handled } from '@tiketi/shared-kernel/event-sourcing/command-handler.js';
import type { Decide } from '@tiketi/shared-kernel/event-sourcing/decider.js';
import type { CommandContext } from '@tiketi/shared-kernel/event-sourcing/metadata.js';
import type { SerialWriters } from '@tiketi/shared-kernel/event-sourcing/serial-writer/serial-writers.js';
import type { HeldSeats } from '../reservation/opening.js';
import type { Hold, Inventory } from './inventory.js';

/** Every change of a performance's inventory goes through its one serial writer here. */
export type Inventories = {
  readonly decide: <R>(
    performanceId: PerformanceId,
    decide: Decide<Inventory, InventoryEvent, R>,
    context: CommandContext,
  ) => Promise<Handled<Inventory, InventoryEvent, R>>;
};

export const createInventories = (writers: SerialWriters<Inventory, InventoryEvent>): Inventories => ({
  decide: (performanceId, decide, context) => writers.of(inventoryStream(performanceId)).submit(decide, context),
});

/** The hold of a reservation in a state that must have it; throws where it does not. */
export const holdIn = (state: Inventory, id: ReservationId): Hold => {
  const hold = state.status === 'unopened' ? undefined : state.holds.get(id);
  if (hold === undefined) throw new Error(`inventory accepted reservation ${id} and does not have it`);
  return hold;
};

/** The hold as the event that made it told it. */
export const heldSeatsOf = (state: Inventory, hold: Hold): HeldSeats => {
  if (state.status === 'unopened') throw new Error('an unopened inventory has no holds');
  const { status: _, ...held } = hold;
  return { ...held, seats: [...held.seats], performanceId: state.performanceId, showId: state.showId };
};
