import { inventoryEvents } from '@tiketi/shared-kernel/contracts/events/inventory.js';
import { pointsEvents } from '@tiketi/shared-kernel/contracts/events/points.js';
import { showEvents } from '@tiketi/shared-kernel/contracts/events/show.js';
import { CommandId, LayoutId, OrderId, PerformanceId, SeatId, ShowId, UserId } from '@tiketi/shared-kernel/contracts/ids.js';
import { Won } from '@tiketi/shared-kernel/contracts/money.js';
import { inventoryStream, pointsStream, showStream } from '@tiketi/shared-kernel/contracts/streams.js';
import { Instant, instantOf } from '@tiketi/shared-kernel/contracts/time.js';
import { createCodec } from '@tiketi/shared-kernel/event-sourcing/codec.js';
import type { ModelLog } from '@tiketi/shared-kernel/event-sourcing/testing/model-log.js';
import { prepareEvents } from '@tiketi/shared-kernel/event-sourcing/to-append.js';

const uuid = (n: number): string => `5f0e0000-0000-4000-8000-${String(n).padStart(12, '0')}`;

export const START = Date.parse('2026-05-01T10:00:00Z');
export const startsAt = Instant.parse('2026-06-01T10:00:00Z');
export const showId = ShowId.parse(uuid(3));
export const performanceId = PerformanceId.parse(uuid(4));
export const SEAT_PRICE = 60_000;
/** Each buyer has so many points to begin with. */
export const POINTS = 70_000;
/** Three buyers and four seats: enough to be in each other's way. */
export const buyers: readonly UserId[] = [1, 2, 5].map((n) => UserId.parse(uuid(n)));
export const seatIds: readonly SeatId[] = [1, 2, 3, 4].map((n) => SeatId.parse(`A-1-${n}`));
/** When virtual accounts close. */
export const DUE_BY = instantOf(START + 6 * 3_600_000);

const context = (id: string) => ({
  commandId: CommandId.parse(id),
  correlationId: id,
  causationId: id,
  actor: { id: 'test', role: 'service' },
});

const openedFor = (depositWithinHours: number) => {
  const terms = {
    ...{ saleStartAt: instantOf(START - 3_600_000), saleEndAt: instantOf(START + 7 * 86_400_000), holdSeconds: 600 },
    ...{ maxSeatsPerReservation: 2, maxSeatsPerBuyer: 4, requiresEntry: false, refundPolicyVersion: 1, depositWithinHours },
  };
  const section = { section: 'A', rows: 1, seatsPerRow: seatIds.length, grade: 'VIP', price: Won.parse(SEAT_PRICE) };
  const data = {
    performanceId,
    showId,
    startsAt,
    layoutId: LayoutId.parse(uuid(6)),
    sections: [section],
    ticketTypes: [],
    terms,
  };
  const opened = { type: 'InventoryOpened' as const, data: { ...data, openedAt: instantOf(START) } };
  return prepareEvents([opened], createCodec(inventoryEvents), context('open'));
};
const OPENED = { offered: openedFor(24), refused: openedFor(0) };

const CREDITS = buyers.map((userId) => {
  const orderId = OrderId.parse(`pts_${userId}`);
  const data = { userId, orderId, amount: Won.parse(POINTS), chargedAt: instantOf(START) };
  const events = prepareEvents([{ type: 'PointsCharged', data }], createCodec(pointsEvents), context(`charge:${userId}`));
  return { stream: pointsStream(userId), expected: 'no_stream', events } as const;
});

/** What was before: a hall on sale, whose show takes deposits or does not, and buyers with points. */
export const prepareHall = (log: ModelLog, deposits: 'offered' | 'refused'): void => {
  log.append({ stream: inventoryStream(performanceId), expected: 'no_stream', events: OPENED[deposits] });
  for (const credit of CREDITS) log.append(credit);
};

/** The organiser calls the show off, once. */
export const callOff = (log: ModelLog, now: number): void => {
  if (log.stream(showStream(showId)).length > 0) return;
  const { ShowCancelled } = showEvents;
  const cancelledBy = UserId.parse(uuid(7));
  const called = { type: 'ShowCancelled' as const, data: { showId, cancelledBy, cancelledAt: instantOf(now) } };
  const events = prepareEvents([called], createCodec({ ShowCancelled }), context('call-off'));
  log.append({ stream: showStream(showId), expected: 'no_stream', events });
};
