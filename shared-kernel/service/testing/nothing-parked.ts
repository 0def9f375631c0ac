import type { ParkedWork } from '../../event-sourcing/consumers/parked-work.js';

/** For apps under test in which nothing is ever set aside. */
export const nothingParked: ParkedWork = {
  list: async () => [],
  replay: async () => undefined,
  replayAll: async () => ({ status: 'done', replayed: 0, remaining: 0, reason: null }),
};
