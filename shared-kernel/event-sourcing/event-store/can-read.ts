import type { EventStore } from './port.js';

/** Whether the store answers a read now; for readiness. Rejects when it does not. */
export const canRead = async (store: EventStore): Promise<true> => {
  for await (const _ of store.readAll({ from: 'end', direction: 'backwards', maxCount: 1 })) break;
  return true;
};
