import { randomUUID } from 'node:crypto';
import { CommandId } from '../../contracts/ids.js';
import type { EventStore, EventToAppend, ExpectedRevision } from '../event-store/port.js';

export const heartbeatStream = 'heartbeat';

const eventOf = (type: string, data: unknown): EventToAppend => {
  const id = randomUUID();
  return {
    id,
    type,
    data,
    metadata: {
      $correlationId: id,
      $causationId: id,
      commandId: CommandId.parse(id),
      actor: { id: 'consumers', role: 'system' },
      schemaVersion: 1,
    },
  };
};

const lastRevision = async (store: EventStore): Promise<ExpectedRevision> => {
  for await (const event of store.readStream(heartbeatStream, { from: 'end', direction: 'backwards', maxCount: 1 })) {
    return event.revision;
  }
  return 'no_stream';
};

/**
 * Writes one event, so that a subscription that stays silent is known to be dead and not merely idle. A conflict
 * means that another process has just written one, which serves as well. The stream keeps its last few only.
 */
export const writeHeartbeat = async (store: EventStore, at: Date): Promise<void> => {
  const expected = await lastRevision(store);
  if (expected === 'no_stream') {
    const keep = eventOf('$metadata', { $maxCount: 10 });
    await store.append({ stream: `$$${heartbeatStream}`, expected: 'no_stream', events: [keep] });
  }
  await store.append({ stream: heartbeatStream, expected, events: [eventOf('Heartbeat', { at: at.toISOString() })] });
};
