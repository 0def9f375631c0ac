import { inventoryEvents } from '@tiketi/shared-kernel/contracts/events/inventory.js';
import { PerformanceId, SeatId } from '@tiketi/shared-kernel/contracts/ids.js';
import { type CommandContext, EventMetadata } from '@tiketi/shared-kernel/event-sourcing/metadata.js';
import { z } from 'zod';
import { InventoryCommand, type InventoryRefusal } from '../inventory/commands.js';
import type { InventoryOutcome } from '../inventory/inventories.js';
import { inventoryProblems } from '../inventory/problem-specs.js';

/** Where a replica takes the commands that others send to it as the owner. */
export const COMMANDS_PATH = '/internal/inventory-commands';

/** Commands in one request; the largest holds of so many stay within the limit of a body. */
export const MOST_AT_ONCE = 32;

const Context = z.object({
  commandId: EventMetadata.shape.commandId,
  correlationId: EventMetadata.shape.$correlationId,
  causationId: EventMetadata.shape.$causationId,
  actor: EventMetadata.shape.actor,
  fingerprint: EventMetadata.shape.fingerprint,
});

const Forwarded = z.object({ performanceId: PerformanceId, command: InventoryCommand, context: Context });
export const ForwardedCommands = z.object({ commands: z.array(Forwarded).min(1).max(MOST_AT_ONCE) });

/** One command on its way to the owner. */
export type Forwarded = {
  readonly performanceId: PerformanceId;
  readonly command: InventoryCommand;
  readonly context: CommandContext;
};

/** An absent fingerprint is absent, not undefined. */
export const contextOf = ({ fingerprint, ...context }: z.infer<typeof Context>): CommandContext => ({
  ...context,
  ...(fingerprint === undefined ? {} : { fingerprint }),
});

const Held = inventoryEvents.SeatsHeld.data.extend({ status: z.enum(['held', 'sold']) });
/** One this release does not know is none: the command is then decided here. */
const Refusal = z.custom<InventoryRefusal>((text) => typeof text === 'string' && Object.hasOwn(inventoryProblems, text));

/** What kept the owner from deciding; each travels as the error it is. */
export const Failure = z.enum(['OutcomeUnknown', 'StoreUnavailable', 'StoreRefused', 'Fault']);
export type Failure = z.infer<typeof Failure>;

const Answer = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('accepted'), held: Held.optional(), position: z.string().nullable(), repeated: z.boolean() }),
  z.object({ kind: z.literal('refused'), refusal: Refusal, seatIds: z.array(SeatId).optional() }),
  z.object({ kind: z.literal('failed'), failure: Failure, message: z.string() }),
]);
/** In the order of the commands. */
export const Answers = z.object({ answers: z.array(Answer) });

export type Answer = InventoryOutcome | { readonly kind: 'failed'; readonly failure: Failure; readonly message: string };

export const answerOf = (answer: z.infer<typeof Answer>): Answer => {
  if (answer.kind === 'accepted') return { ...answer, held: answer.held };
  if (answer.kind === 'failed') return answer;
  const { seatIds, ...refused } = answer;
  return { ...refused, ...(seatIds === undefined ? {} : { seatIds }) };
};
