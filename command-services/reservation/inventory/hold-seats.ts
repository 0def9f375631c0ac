import type { InventoryEvent, PricedSeat } from '@tiketi/shared-kernel/contracts/events/inventory.js';
import type { ReservationId, ReservationNumber, SeatId, UserId } from '@tiketi/shared-kernel/contracts/ids.js';
import { sumWon } from '@tiketi/shared-kernel/contracts/money.js';
import { type Instant, instantOf, millisecondsOf } from '@tiketi/shared-kernel/contracts/time.js';
import type { Decision } from '@tiketi/shared-kernel/event-sourcing/decider.js';
import { type Hold, type Inventory, priceOf } from './inventory.js';

export type HoldSeats = {
  readonly reservationId: ReservationId;
  readonly reservationNumber: ReservationNumber;
  readonly userId: UserId;
  readonly seatIds: readonly SeatId[];
  readonly now: Instant;
};

export type HoldRefusal =
  | 'PerformanceNotFound'
  | 'SalesCancelled'
  | 'SalesNotOpen'
  | 'SalesEnded'
  | 'SeatUnknown'
  | 'SeatTaken'
  | 'TooManySeats'
  | 'BuyerLimitReached'
  | 'ReservationClosed'
  | 'KeyReused';

const repeated = (hold: Hold, c: HoldSeats): Decision<InventoryEvent, HoldRefusal> => {
  const held = new Set(hold.seats.map((seat) => seat.seatId));
  if (held.size !== c.seatIds.length || !c.seatIds.every((id) => held.has(id))) return { refused: 'KeyReused' };
  return hold.status === 'released' ? { refused: 'ReservationClosed' } : { accepted: [] };
};

/** All seats or none, at the price of this moment, within the limits of the sale (R-RSV). */
export const holdSeats =
  (c: HoldSeats) =>
  (s: Inventory): Decision<InventoryEvent, HoldRefusal> => {
    if (s.status === 'unopened') return { refused: 'PerformanceNotFound' };
    const before = s.holds.get(c.reservationId);
    if (before !== undefined) return repeated(before, c);
    if (s.status === 'cancelled') return { refused: 'SalesCancelled' };

    const now = millisecondsOf(c.now);
    if (now < millisecondsOf(s.terms.saleStartAt)) return { refused: 'SalesNotOpen' };
    if (now >= millisecondsOf(s.terms.saleEndAt)) return { refused: 'SalesEnded' };
    if (c.seatIds.length > s.terms.maxSeatsPerReservation) return { refused: 'TooManySeats' };

    const seats: PricedSeat[] = [];
    for (const seatId of c.seatIds) {
      const price = priceOf(s, seatId);
      if (price === undefined) return { refused: 'SeatUnknown' };
      seats.push({ seatId, price });
    }
    if (seats.some((seat) => s.taken.has(seat.seatId))) return { refused: 'SeatTaken' };
    if (s.seatsOf.get(c.userId, 0) + seats.length > s.terms.maxSeatsPerBuyer) return { refused: 'BuyerLimitReached' };

    const { performanceId, showId } = s;
    const { reservationId, reservationNumber, userId } = c;
    const totalAmount = sumWon(seats.map((seat) => seat.price));
    const holdUntil = instantOf(now + s.terms.holdSeconds * 1000);
    return {
      accepted: [
        {
          type: 'SeatsHeld',
          data: { performanceId, showId, reservationId, reservationNumber, userId, seats, totalAmount, heldAt: c.now, holdUntil },
        },
      ],
    };
  };
