import { describe, expect, it } from '@jest/globals';
import { CommandId, type ReservationId } from '@tiketi/shared-kernel/contracts/ids.js';
import { createModelStore } from '@tiketi/shared-kernel/event-sourcing/testing/model-store.js';
import { anna, at, heldBy, ids, orderId } from '../testing/facts.js';
import { createReservations } from './reservations.js';
import { startPayment } from './start-payment.js';

const held = heldBy(anna, ids[0], ['A-1-1']).data;
// as a table whose key knows no case finds it; the parsers never let it come so far
const shouted = held.reservationId.toUpperCase() as ReservationId;

const found = () => {
  const store = createModelStore();
  const bookings = { find: async () => held, remember: () => undefined };
  const reservations = createReservations({ store, bookings, clock: () => Date.parse(at('10:01')) });
  const start = (id: ReservationId) =>
    reservations.decide(
      id,
      (now) => startPayment({ orderId, amount: held.totalAmount, pointAmount: held.totalAmount, now, payWithinMs: 90_000 }),
      {
        commandId: CommandId.parse(`start:${id}`),
        correlationId: 'test',
        causationId: 'test',
        actor: { id: 'test', role: 'service' },
      },
    );
  return { start, snapshot: reservations.snapshot };
};

describe('a reservation', () => {
  it('is pending where no command has touched it', async () =>
    expect(await found().snapshot(held.reservationId)).toMatchObject({ status: 'pending', orderId: null, seatCount: 1 }));

  it('has one life, however its id is spelled', async () => {
    const { start, snapshot } = found();
    await start(shouted);
    expect(await snapshot(held.reservationId)).toMatchObject({ status: 'paying', orderId });
    const again = await start(held.reservationId);
    expect(again?.outcome).toMatchObject({ kind: 'accepted', repeated: true });
    expect(await snapshot(shouted)).toMatchObject({ status: 'paying', orderId });
  });

  it('is not there where nothing was held', async () => {
    const nothing = { find: async () => undefined, remember: () => undefined };
    const reservations = createReservations({ store: createModelStore(), bookings: nothing, clock: Date.now });
    expect(await reservations.snapshot(held.reservationId)).toBeUndefined();
  });
});
