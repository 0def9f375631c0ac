import { z } from 'zod';
import { CommandId } from '../contracts/ids.js';

/** What rides with every event. `$correlationId` and `$causationId` are the store's own names for them. */
export const EventMetadata = z.object({
  $correlationId: z.string().min(1).max(200),
  $causationId: z.string().min(1).max(200),
  commandId: CommandId,
  actor: z.object({ id: z.string().min(1).max(200), role: z.string().min(1).max(40) }),
  schemaVersion: z.int().min(1),
  /** Hash of the request that caused it, so that a repeat with another body is told apart. */
  fingerprint: z.string().max(200).optional(),
});
export type EventMetadata = z.infer<typeof EventMetadata>;

/** Who asks and why: everything of the metadata that does not depend on the event. */
export type CommandContext = {
  readonly commandId: CommandId;
  readonly correlationId: string;
  readonly causationId: string;
  readonly actor: EventMetadata['actor'];
  readonly fingerprint?: string;
};
