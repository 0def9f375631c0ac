import { randomUUID } from 'node:crypto';
import { newReservationNumber } from '@tiketi/reservation/ids.js';
import type { InventoryCommand } from '@tiketi/reservation/inventory/commands.js';
import { OrderId, PerformanceId, ReservationId, SeatId, ShowId, UserId } from '@tiketi/shared-kernel/contracts/ids.js';
import { Won } from '@tiketi/shared-kernel/contracts/money.js';
import { instantOf } from '@tiketi/shared-kernel/contracts/time.js';

const HOUR_MS = 3_600_000;
const PER_ROW = 100;

/** The commands that open a hall, hold each of its seats for a buyer of its own, and sell each. */
export const soldOutHall = (seats: number) => {
  const now = instantOf(Date.now());
  const soon = instantOf(Date.now() + HOUR_MS);
  const open: InventoryCommand = {
    kind: 'open',
    scheduled: {
      showId: ShowId.parse(randomUUID()),
      performanceId: PerformanceId.parse(randomUUID()),
      startsAt: soon,
      layoutId: null,
      sections: [{ section: 'A', rows: seats / PER_ROW, seatsPerRow: PER_ROW, grade: 'R', price: Won.parse(50_000) }],
      ticketTypes: [],
      terms: {
        saleStartAt: instantOf(Date.now() - HOUR_MS),
        saleEndAt: soon,
        holdSeconds: 600,
        maxSeatsPerReservation: 4,
        maxSeatsPerBuyer: 4,
        requiresEntry: false,
        refundPolicyVersion: 1,
        depositWithinHours: 24,
      },
      scheduledBy: UserId.parse(randomUUID()),
      scheduledAt: now,
    },
    now,
  };
  const ids = Array.from({ length: seats }, () => ReservationId.parse(randomUUID()));
  const holds = ids.map(
    (reservationId, n): InventoryCommand => ({
      kind: 'hold',
      reservationId,
      reservationNumber: newReservationNumber(),
      userId: UserId.parse(randomUUID()),
      seatIds: [SeatId.parse(`A-${Math.floor(n / PER_ROW) + 1}-${(n % PER_ROW) + 1}`)],
      tickets: [],
      entry: { kind: 'none' },
      now,
    }),
  );
  const sales = ids.map(
    (reservationId): InventoryCommand => ({
      kind: 'sell',
      reservationId,
      orderId: OrderId.parse(`ord-${randomUUID()}`),
      now,
    }),
  );
  return { open, holds, sales };
};
