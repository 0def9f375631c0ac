import type { InventoryEvent } from '@tiketi/shared-kernel/contracts/events/inventory.js';
import type { ShowEvent } from '@tiketi/shared-kernel/contracts/events/show.js';
import {
  LayoutId,
  OrderId,
  PerformanceId,
  ReservationId,
  ReservationNumber,
  SeatId,
  ShowId,
  UserId,
} from '@tiketi/shared-kernel/contracts/ids.js';
import { sumWon, Won } from '@tiketi/shared-kernel/contracts/money.js';
import { Instant, instantOf, millisecondsOf } from '@tiketi/shared-kernel/contracts/time.js';

/** Facts that the tests of this service share: one small hall, two buyers, two reservations. */
const uuid = (n: number): string => `5f0e0000-0000-4000-8000-${String(n).padStart(12, '0')}`;

export const anna = UserId.parse(uuid(1));
export const ben = UserId.parse(uuid(2));
export const showId = ShowId.parse(uuid(3));
export const performanceId = PerformanceId.parse(uuid(4));
export const orderId = OrderId.parse('ord-000001');
export const otherOrderId = OrderId.parse('ord-000002');
export const at = (clock: string): Instant => Instant.parse(`2026-05-01T${clock}:00Z`);
export const seats = (...names: string[]): SeatId[] => names.map((name) => SeatId.parse(name));

export const ids = [
  { reservationId: ReservationId.parse(uuid(11)), reservationNumber: ReservationNumber.parse('TK-0000-0000-0001-A') },
  { reservationId: ReservationId.parse(uuid(12)), reservationNumber: ReservationNumber.parse('TK-0000-0000-0002-B') },
] as const;

export const terms = {
  saleStartAt: at('09:00'),
  saleEndAt: Instant.parse('2026-05-02T00:00:00Z'),
  holdSeconds: 600,
  maxSeatsPerReservation: 4,
  maxSeatsPerBuyer: 4,
};
const price = Won.parse(60_000);
const sections = [{ section: 'A', rows: 10, seatsPerRow: 20, grade: 'VIP', price }];
const layoutId = LayoutId.parse(uuid(5));
const startsAt = Instant.parse('2026-06-01T10:00:00Z');

export const scheduled: Extract<ShowEvent, { type: 'PerformanceScheduled' }>['data'] = {
  showId,
  performanceId,
  startsAt,
  layoutId,
  sections,
  terms,
  scheduledBy: anna,
  scheduledAt: at('08:00'),
};

export const opened: InventoryEvent = {
  type: 'InventoryOpened',
  data: { performanceId, showId, layoutId, startsAt, sections, terms, openedAt: at('09:00') },
};

export type SeatsHeld = Extract<InventoryEvent, { type: 'SeatsHeld' }>;

export const heldBy = (userId: UserId, id: (typeof ids)[number], seatNames: readonly string[], clock = '10:00'): SeatsHeld => {
  const priced = seats(...seatNames).map((seatId) => ({ seatId, price }));
  return {
    type: 'SeatsHeld',
    data: {
      performanceId,
      showId,
      ...id,
      userId,
      seats: priced,
      totalAmount: sumWon(priced.map((seat) => seat.price)),
      heldAt: at(clock),
      holdUntil: instantOf(millisecondsOf(at(clock)) + 600_000),
    },
  };
};
