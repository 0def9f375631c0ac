import { createReservations } from '@tiketi/reservation/reservation/reservations.js';
import { CommandId, type ReservationId } from '@tiketi/shared-kernel/contracts/ids.js';
import { connectEventStore } from '@tiketi/shared-kernel/event-sourcing/event-store/eventstoredb.js';
import { readHistory } from './history.js';
import type { TrialStack } from './trial-stack.js';

/**
 * Ends a hold, payment under way or not, as a replica of the reservation service does when the last call for a payment is over: a quarter of an
 * hour is too long to wait for, so nobody is asked whether it is.
 */
export const expireElsewhere = async (stack: TrialStack, id: ReservationId): Promise<void> => {
  const { eventStoreUrl } = stack.running().run;
  const opened = (await readHistory(eventStoreUrl)).find(({ type, data }) => type === 'SeatsHeld' && data.reservationId === id);
  if (opened?.type !== 'SeatsHeld') throw new Error(`nothing is held by ${id}`);
  const { reservationId, performanceId } = opened.data;
  const store = connectEventStore({ url: eventStoreUrl, connectionName: 'elsewhere' });
  try {
    const bookings = { find: async () => opened.data, remember: () => undefined };
    const reservations = createReservations({ store, bookings, clock: Date.now });
    await reservations.decide(
      id,
      (expiredAt) => () => ({ accepted: [{ type: 'ReservationExpired', data: { reservationId, performanceId, expiredAt } }] }),
      {
        commandId: CommandId.parse(`expire:${id}`),
        correlationId: id,
        causationId: `expire:${id}`,
        actor: { id: 'booking-process', role: 'service' },
      },
    );
  } finally {
    await store.close();
  }
};
