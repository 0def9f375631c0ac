import type { InventoryEvent, PricedQuantity } from '@tiketi/shared-kernel/contracts/events/inventory.js';
import type { TicketType } from '@tiketi/shared-kernel/contracts/events/layout.js';
import type { SaleTerms, ShowEvent } from '@tiketi/shared-kernel/contracts/events/show.js';
import {
  LayoutId,
  OrderId,
  PerformanceId,
  ReservationId,
  ReservationNumber,
  SeatId,
  ShowId,
  TicketTypeId,
  UserId,
} from '@tiketi/shared-kernel/contracts/ids.js';
import { sumWon, Won } from '@tiketi/shared-kernel/contracts/money.js';
import { Instant, instantOf, millisecondsOf } from '@tiketi/shared-kernel/contracts/time.js';
import type { HoldSeats } from '../inventory/hold-seats.js';

/** Facts that the tests of this service share: one small hall with standing room, two buyers, two reservations, an organiser. */
const uuid = (n: number): string => `5f0e0000-0000-4000-8000-${String(n).padStart(12, '0')}`;

export const anna = UserId.parse(uuid(1));
export const ben = UserId.parse(uuid(2));
export const organiser = UserId.parse(uuid(6));
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

export const terms: SaleTerms = {
  saleStartAt: at('09:00'),
  saleEndAt: Instant.parse('2026-05-03T00:00:00Z'),
  holdSeconds: 600,
  maxSeatsPerReservation: 4,
  maxSeatsPerBuyer: 4,
  requiresEntry: false,
  refundPolicyVersion: 1,
  depositWithinHours: 24,
};
const price = Won.parse(60_000);
const sections = [{ section: 'A', rows: 10, seatsPerRow: 20, grade: 'VIP', price }];
const layoutId = LayoutId.parse(uuid(5));
const startsAt = Instant.parse('2026-06-01T10:00:00Z');

/** Five standing places. */
export const standing: TicketType = {
  ticketTypeId: TicketTypeId.parse(uuid(21)),
  name: '스탠딩',
  price: Won.parse(30_000),
  quantity: 5,
};

export const scheduled: Extract<ShowEvent, { type: 'PerformanceScheduled' }>['data'] = {
  showId,
  performanceId,
  startsAt,
  layoutId,
  sections,
  ticketTypes: [standing],
  terms,
  scheduledBy: anna,
  scheduledAt: at('08:00'),
};

/** The inventory of the performance, opened with these terms where they differ. */
export const openedWith = (more: Partial<SaleTerms> = {}): Extract<InventoryEvent, { type: 'InventoryOpened' }> => ({
  type: 'InventoryOpened',
  data: {
    ...{ performanceId, showId, layoutId, startsAt, sections },
    ticketTypes: [standing],
    terms: { ...terms, ...more },
    openedAt: at('09:00'),
  },
});
export const opened: InventoryEvent = openedWith();

export type SeatsHeld = Extract<InventoryEvent, { type: 'SeatsHeld' }>;

/** A hold under the terms above; `places` of the standing room beside the seats. */
export const heldBy = (
  userId: UserId,
  id: (typeof ids)[number],
  seatNames: readonly string[],
  clock = '10:00',
  places = 0,
): SeatsHeld => {
  const priced = seats(...seatNames).map((seatId) => ({ seatId, price }));
  const { ticketTypeId, price: unitPrice } = standing;
  const quantities: PricedQuantity[] = places === 0 ? [] : [{ ticketTypeId, quantity: places, unitPrice }];
  return {
    type: 'SeatsHeld',
    data: {
      performanceId,
      showId,
      ...id,
      userId,
      seats: priced,
      quantities,
      totalAmount: sumWon([...priced.map((seat) => seat.price), Won.parse(places * unitPrice)]),
      heldAt: at(clock),
      holdUntil: instantOf(millisecondsOf(at(clock)) + 600_000),
      depositUntil: instantOf(millisecondsOf(at(clock)) + 86_400_000),
      refundPolicyVersion: 1,
    },
  };
};

/** The command that such a hold comes from, but for what differs. */
export const wantedBy = (
  userId: UserId,
  id: (typeof ids)[number],
  seatNames: readonly string[],
  more: Partial<HoldSeats> = {},
): HoldSeats => ({
  ...{ ...id, userId, seatIds: seats(...seatNames), tickets: [] },
  entry: { kind: 'none' },
  now: at('10:00'),
  ...more,
});
