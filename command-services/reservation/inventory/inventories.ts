import type { InventoryEvent } from '@tiketi/shared-kernel/contracts/events/inventory.js';
import type { PerformanceId, ReservationId, SeatId } from '@tiketi/shared-kernel/contracts/ids.js';
import { inventoryStream } from '@tiketi/shared-kernel/contracts/streams.js';
import type { CommandContext } from '@tiketi/shared-kernel/event-sourcing/metadata.js';
import type { SerialWriters } from '@tiketi/shared-kernel/event-sourcing/serial-writer/serial-writers.js';
import type { HeldSeats } from '../reservation/opening.js';
import { decideOf, type InventoryCommand, type InventoryRefusal } from './commands.js';
import { holdSeats } from './hold-seats.js';
import type { Hold, Inventory } from './inventory.js';
import { seatsInTheWay } from './seats-in-the-way.js';

/** How a command ended, small enough to travel between replicas. */
export type InventoryOutcome =
  | {
      readonly kind: 'accepted';
      /** What the command's reservation has now; undefined where it has nothing any more, or the command is not about one. */
      readonly held: (HeldSeats & { readonly status: Hold['status'] }) | undefined;
      /** Commit position of the newest event it rests on; null for an unopened inventory. */
      readonly position: string | null;
      readonly repeated: boolean;
    }
  /** With the seats of the command that are the reason, where some are. */
  | { readonly kind: 'refused'; readonly refusal: InventoryRefusal; readonly seatIds?: readonly SeatId[] };

/** Every change of a performance's inventory goes through here, to its one serial writer. */
export type Inventories = {
  readonly run: (performanceId: PerformanceId, command: InventoryCommand, context: CommandContext) => Promise<InventoryOutcome>;
};

/** The inventories this process writes itself. */
export const createInventories = (writers: SerialWriters<Inventory, InventoryEvent>): Inventories => ({
  run: async (performanceId, command, context) => {
    const handled = await writers.of(inventoryStream(performanceId)).submit(decideOf(command), context);
    if (handled.kind === 'refused') {
      const { refusal, state } = handled;
      return { kind: 'refused', refusal, seatIds: seatsInTheWay(command, refusal, state) };
    }
    const reused = refusalOfRepeat(command, context, handled);
    if (reused !== undefined) return { kind: 'refused', refusal: reused };
    const held = 'reservationId' in command ? heldOf(handled.state, command.reservationId) : undefined;
    return {
      kind: 'accepted',
      held,
      position: handled.position === undefined ? null : String(handled.position.commit),
      repeated: handled.repeated,
    };
  },
});

/** A command that is in the stream already was answered without deciding; whether it was this one, and still stands, is seen here. */
const refusalOfRepeat = (
  command: InventoryCommand,
  context: CommandContext,
  { repeated, state, fingerprint }: { repeated: boolean; state: Inventory; fingerprint?: string | undefined },
): InventoryRefusal | undefined => {
  if (command.kind === 'hold') {
    const again = repeated ? holdSeats(command)(state) : undefined;
    return again !== undefined && 'refused' in again ? again.refused : undefined;
  }
  // of any change but a hold the fingerprint alone tells that its key was used for something else
  return fingerprint !== undefined && fingerprint !== context.fingerprint ? 'KeyReused' : undefined;
};

/** The hold of a reservation as the event that made it told it, and what became of it. */
const heldOf = (state: Inventory, id: ReservationId): (HeldSeats & { readonly status: Hold['status'] }) | undefined => {
  if (state.status === 'unopened') return undefined;
  const hold = state.holds.get(id);
  if (hold === undefined) return undefined;
  return { ...hold, performanceId: state.performanceId, showId: state.showId };
};
