import type { z } from 'zod';
import type { allEvents, TiketiEventType } from '../events/catalog-of-events.js';

const id = (last: number): string => `6a1f0c3e-5b7d-4e21-9c4a-${last.toString().padStart(12, '0')}`;
const at = (minute: number): string => new Date(Date.UTC(2026, 4, 2, 0, minute)).toISOString();

const user = id(1);
const show = { showId: id(2) };
const performance = { performanceId: id(3) };
const reservation = { reservationId: id(4) };
const order = { orderId: 'order-0001' };
const ofOrder = { ...order, ...reservation };
const points = { ...order, userId: user };
const paymentKey = 'pay_0001';
const providerKey = 'tiketi/order-0001/confirm';

const text = { ko: '글', en: 'text' };
const details = {
  ...{ title: text, description: text, artistName: text, venue: text, address: text },
  category: 'concert' as const,
  posterImageUrl: '/images/poster.webp',
};
const terms = {
  ...{ saleStartAt: at(0), saleEndAt: at(50), holdSeconds: 300, maxSeatsPerReservation: 2, maxSeatsPerBuyer: 6 },
  ...{ requiresEntry: true, refundPolicyVersion: 3, depositWithinHours: 12 },
};
const section = { section: '가', rows: 2, seatsPerRow: 3, grade: 'VIP' };
const pricedSection = { ...section, price: 90_000 };
const ticketType = { ticketTypeId: id(5), name: '스탠딩', price: 44_000, quantity: 300 };
const sale = { layoutId: id(6), startsAt: at(59), sections: [pricedSection], ticketTypes: [ticketType], terms };
const hold = {
  ...{ ...performance, ...show, ...reservation, reservationNumber: 'TK-0123-4567-89AB-C', userId: user },
  seats: [{ seatId: '가-1-2', price: 90_000 }],
  quantities: [{ ticketTypeId: id(5), quantity: 2, unitPrice: 44_000 }],
  ...{ totalAmount: 178_000, heldAt: at(1), holdUntil: at(11), depositUntil: at(40), refundPolicyVersion: 3 },
};
const refund = { refundId: 'cancelled', cardAmount: 70_000, pointAmount: 20_000 };

/** Data of every event type as it is stored now, with no value that a missing field would be given by default. */
export const eventSamples: { readonly [T in TiketiEventType]: z.input<(typeof allEvents)[T]['data']> } = {
  SeatLayoutDefined: {
    ...{ layoutId: id(6), name: 'Hall', description: 'One floor.', sections: [section], totalSeats: 6 },
    ...{ definedBy: user, definedAt: at(0) },
  },
  ShowCreated: { ...show, details, terms, createdBy: user, createdAt: at(0) },
  ShowDetailsChanged: { ...show, details, changedBy: user, changedAt: at(1) },
  PerformanceScheduled: { ...show, ...performance, ...sale, scheduledBy: user, scheduledAt: at(1) },
  RefundPolicySet: {
    ...show,
    policy: { version: 2, tiers: [{ daysBefore: 1, feePercent: 50 }], coolingOffHours: 2, coolingOffDaysBefore: 1 },
    ...{ setBy: user, setAt: at(1) },
  },
  ShowCancelled: { ...show, cancelledBy: user, cancelledAt: at(2) },
  InventoryOpened: { ...performance, ...show, ...sale, openedAt: at(1) },
  SeatsHeld: hold,
  SeatsSold: { ...performance, ...ofOrder, soldAt: at(3) },
  SeatsReleased: { ...performance, ...reservation, reason: 'refunded', releasedAt: at(4) },
  SeatsBlocked: { ...performance, seatIds: ['가-1-1'], blockedBy: user, blockedAt: at(1) },
  SeatsUnblocked: { ...performance, seatIds: ['가-1-1'], unblockedBy: user, unblockedAt: at(2) },
  SectionsAdded: { ...performance, sections: [pricedSection], addedBy: user, addedAt: at(1) },
  TicketTypeSet: { ...performance, ticketType, setBy: user, setAt: at(1) },
  SectionPricesChanged: { ...performance, prices: [{ section: '가', price: 80_000 }], changedBy: user, changedAt: at(1) },
  SaleTermsChanged: { ...performance, terms, changedAt: at(1) },
  SalesClosed: { ...performance, closedBy: user, closedAt: at(1) },
  SalesReopened: { ...performance, reopenedBy: user, reopenedAt: at(2) },
  SalesCancelled: { ...performance, cancelledAt: at(3) },
  ReservationOpened: { ...hold, openedAt: at(2) },
  PaymentStarted: { ...ofOrder, pointAmount: 20_000, payBy: at(4), startedAt: at(2) },
  DepositAwaited: { ...ofOrder, dueBy: at(40), awaitedAt: at(3) },
  PaymentAttemptFailed: { ...ofOrder, reason: 'declined', failedAt: at(3) },
  ReservationConfirmed: { ...ofOrder, ...performance, pointAmount: 20_000, confirmedAt: at(3) },
  ReservationCancelled: {
    ...{ ...reservation, ...performance, cancelledAt: at(5), cause: 'show_cancelled' },
    refund: { ...order, amount: 90_000, fee: 88_000, policyVersion: 3 },
  },
  ReservationExpired: { ...reservation, ...performance, expiredAt: at(11) },
  PaymentPrepared: {
    ...{ ...ofOrder, ...performance, userId: user, amount: 178_000, cardAmount: 158_000, pointAmount: 20_000 },
    ...{ orderName: '공연 3매', preparedAt: at(2) },
  },
  PaymentConfirmRequested: { ...ofOrder, paymentKey, providerKey, requestedAt: at(2) },
  VirtualAccountIssued: { ...ofOrder, paymentKey, dueBy: at(40), issuedAt: at(3) },
  PaymentApproved: {
    ...{ ...ofOrder, paymentKey, cardAmount: 158_000, pointAmount: 20_000 },
    ...{ method: '카드', receiptUrl: 'https://example.com/r', approvedAt: at(3) },
  },
  PaymentDeclined: { ...ofOrder, pointAmount: 20_000, code: 'REJECT_CARD_PAYMENT', declinedAt: at(3) },
  PaymentAbandoned: { ...ofOrder, pointAmount: 20_000, abandonedAt: at(4) },
  PaymentRefundRequested: { ...ofOrder, ...refund, reason: 'show_cancelled', providerKey, requestedAt: at(5) },
  PaymentRefunded: { ...ofOrder, ...refund, transactionKey: 'tx_0001', refundedAt: at(6) },
  DepositReversed: { ...ofOrder, reversedAt: at(7) },
  PointChargePrepared: { ...points, amount: 50_000, preparedAt: at(0) },
  PointChargeRequested: { ...points, paymentKey, providerKey, requestedAt: at(1) },
  PointChargeApproved: { ...points, paymentKey, amount: 50_000, method: '카드', receiptUrl: null, approvedAt: at(1) },
  PointChargeDeclined: { ...points, code: 'REJECT_CARD_PAYMENT', declinedAt: at(1) },
  PointsCharged: { ...points, amount: 50_000, chargedAt: at(1) },
  PointsHeld: { ...points, amount: 20_000, heldAt: at(2) },
  PointsCaptured: { ...points, amount: 20_000, capturedAt: at(3) },
  PointsHoldVoided: { ...points, amount: 20_000, voidedAt: at(3) },
  PointsRefunded: { ...points, refundId: 'cancelled', amount: 20_000, refundedAt: at(6) },
  UserRegistered: { userId: user, provider: 'GOOGLE', roles: ['user', 'admin'], registeredAt: at(0) },
  RoleGranted: { userId: user, role: 'auditor', grantedAt: at(1) },
};
