import { createHash } from 'node:crypto';
import type { TiketiEvent, TiketiEventType } from '@tiketi/shared-kernel/contracts/events/catalog-of-events.js';
import type { PricedSection, TicketType } from '@tiketi/shared-kernel/contracts/events/layout.js';
import { DEFAULT_REFUND_POLICY } from '@tiketi/shared-kernel/contracts/events/refund-policy.js';
import type { SaleTerms, ShowDetails } from '@tiketi/shared-kernel/contracts/events/show.js';
import {
  LayoutId,
  OrderId,
  PaymentKey,
  PerformanceId,
  RefundId,
  ReservationId,
  ReservationNumber,
  SeatId,
  ShowId,
  TicketTypeId,
  UserId,
} from '@tiketi/shared-kernel/contracts/ids.js';
import { sumWon, Won } from '@tiketi/shared-kernel/contracts/money.js';
import {
  inventoryStream,
  layoutStream,
  paymentStream,
  reservationStream,
  showStream,
} from '@tiketi/shared-kernel/contracts/streams.js';
import { Instant } from '@tiketi/shared-kernel/contracts/time.js';

type Of<T extends TiketiEventType> = Extract<TiketiEvent, { type: T }> & { readonly stream: string };

/** The same id for the same name, whatever kind of thing it names. */
const uuid = (name: string): string => {
  const hex = createHash('sha256').update(name).digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
};
export const showId = (name: string): ShowId => ShowId.parse(uuid(`show ${name}`));
export const performanceId = (name: string): PerformanceId => PerformanceId.parse(uuid(`performance ${name}`));
export const layoutId = (name: string): LayoutId => LayoutId.parse(uuid(`layout ${name}`));
export const reservationId = (name: string): ReservationId => ReservationId.parse(uuid(`reservation ${name}`));
export const userId = (name: string): UserId => UserId.parse(uuid(`user ${name}`));
export const orderId = (name: string): OrderId => OrderId.parse(`order-${name}`);
export const ticketTypeId = (name: string): TicketTypeId => TicketTypeId.parse(uuid(`ticket type ${name}`));
export const at = (time: string): Instant => Instant.parse(time.includes('T') ? time : `${time}T00:00:00.000Z`);

/** Eight seats: two rows of three, and one of two. */
export const sections: PricedSection[] = [
  { section: 'A', rows: 2, seatsPerRow: 3, grade: 'VIP', price: Won.parse(90_000) },
  { section: '나', rows: 1, seatsPerRow: 2, grade: 'R', price: Won.parse(60_000) },
];
export const terms: SaleTerms = {
  saleStartAt: at('2026-05-01'),
  saleEndAt: at('2026-06-01'),
  holdSeconds: 600,
  maxSeatsPerReservation: 4,
  maxSeatsPerBuyer: 4,
  requiresEntry: false,
  refundPolicyVersion: 1,
  depositWithinHours: 24,
};
export const ticketType = (name: string, quantity = 100, price = 44_000): TicketType => ({
  ticketTypeId: ticketTypeId(name),
  name,
  price: Won.parse(price),
  quantity,
});
export const details = (name: string): ShowDetails => ({
  title: { ko: `${name} 공연`, en: `${name} show` },
  description: { ko: '설명', en: 'A description' },
  artistName: { ko: '예술가', en: 'An artist' },
  venue: { ko: '극장', en: 'A theatre' },
  address: { ko: '서울', en: 'Seoul' },
  category: 'theatre',
  posterImageUrl: null,
});

const admin = userId('admin');
const number = (name: string): ReservationNumber => {
  const text = uuid(name).replaceAll('-', '').toUpperCase();
  return ReservationNumber.parse(`TK-${text.slice(0, 4)}-${text.slice(4, 8)}-${text.slice(8, 12)}-${text.slice(12, 13)}`);
};
const ofPerformance = (name: string) => ({ performanceId: performanceId(name) });
const ofReservation = (name: string) => ({ reservationId: reservationId(name), orderId: orderId(name) });

/** Events of a small world in which everything is found by its name. */
export const history = {
  layoutDefined: (name: string): Of<'SeatLayoutDefined'> => ({
    type: 'SeatLayoutDefined',
    stream: layoutStream(layoutId(name)),
    data: {
      layoutId: layoutId(name),
      name,
      description: '',
      sections: sections.map(({ price: _, ...section }) => section),
      totalSeats: 8,
      definedBy: admin,
      definedAt: at('2026-04-01'),
    },
  }),
  showCreated: (name: string, more: Partial<ShowDetails> = {}, sale: Partial<SaleTerms> = {}): Of<'ShowCreated'> => ({
    type: 'ShowCreated',
    stream: showStream(showId(name)),
    data: {
      showId: showId(name),
      details: { ...details(name), ...more },
      terms: { ...terms, ...sale },
      createdBy: admin,
      createdAt: at('2026-04-02'),
    },
  }),
  detailsChanged: (name: string, changed: ShowDetails): Of<'ShowDetailsChanged'> => ({
    type: 'ShowDetailsChanged',
    stream: showStream(showId(name)),
    data: { showId: showId(name), details: changed, changedBy: admin, changedAt: at('2026-04-03') },
  }),
  scheduled: (
    show: string,
    name: string,
    startsAt = '2026-06-01T10:30:00Z',
    sale: Partial<SaleTerms> = {},
    ticketTypes: TicketType[] = [],
  ): Of<'PerformanceScheduled'> => ({
    type: 'PerformanceScheduled',
    stream: showStream(showId(show)),
    data: {
      showId: showId(show),
      performanceId: performanceId(name),
      startsAt: at(startsAt),
      layoutId: layoutId('small'),
      sections,
      ticketTypes,
      terms: { ...terms, ...sale },
      scheduledBy: admin,
      scheduledAt: at('2026-04-04'),
    },
  }),
  /** Places only: no layout, no seats. */
  scheduledStanding: (show: string, name: string, ticketTypes: TicketType[]): Of<'PerformanceScheduled'> => {
    const seated = history.scheduled(show, name, undefined, {}, ticketTypes);
    return { ...seated, data: { ...seated.data, layoutId: null, sections: [] } };
  },
  policySet: (name: string, version: number): Of<'RefundPolicySet'> => ({
    type: 'RefundPolicySet',
    stream: showStream(showId(name)),
    data: {
      showId: showId(name),
      policy: { ...DEFAULT_REFUND_POLICY, version, coolingOffHours: version },
      setBy: admin,
      setAt: at('2026-04-04'),
    },
  }),
  showCancelled: (name: string, cancelledAt = '2026-04-05'): Of<'ShowCancelled'> => ({
    type: 'ShowCancelled',
    stream: showStream(showId(name)),
    data: { showId: showId(name), cancelledBy: admin, cancelledAt: at(cancelledAt) },
  }),
  opened: (show: string, name: string, ticketTypes: TicketType[] = []): Of<'InventoryOpened'> => ({
    type: 'InventoryOpened',
    stream: inventoryStream(performanceId(name)),
    data: {
      performanceId: performanceId(name),
      showId: showId(show),
      layoutId: layoutId('small'),
      startsAt: at('2026-06-01T10:30:00Z'),
      sections,
      ticketTypes,
      terms,
      openedAt: at('2026-04-04'),
    },
  }),
  held: (
    show: string,
    performance: string,
    name: string,
    buyer: string,
    seats: string[],
    heldAt = '2026-05-02T00:00:00Z',
    places: Readonly<Record<string, number>> = {},
  ): Of<'SeatsHeld'> => {
    const priced = seats.map((seat) => ({
      seatId: SeatId.parse(seat),
      price: Won.parse(seat.startsWith('A') ? 90_000 : 60_000),
    }));
    const quantities = Object.entries(places).map(([type, quantity]) => ({
      ticketTypeId: ticketTypeId(type),
      quantity,
      unitPrice: Won.parse(44_000),
    }));
    const subtotals = quantities.map(({ quantity, unitPrice }) => Won.parse(quantity * unitPrice));
    return {
      type: 'SeatsHeld',
      stream: inventoryStream(performanceId(performance)),
      data: {
        performanceId: performanceId(performance),
        showId: showId(show),
        reservationId: reservationId(name),
        reservationNumber: number(name),
        userId: userId(buyer),
        seats: priced,
        quantities,
        totalAmount: sumWon([...priced.map(({ price }) => price), ...subtotals]),
        heldAt: at(heldAt),
        holdUntil: at('2026-05-02T00:10:00Z'),
        depositUntil: at('2026-05-03T00:00:00Z'),
        refundPolicyVersion: 1,
      },
    };
  },
  sold: (performance: string, name: string): Of<'SeatsSold'> => ({
    type: 'SeatsSold',
    stream: inventoryStream(performanceId(performance)),
    data: { performanceId: performanceId(performance), ...ofReservation(name), soldAt: at('2026-05-02T00:03:00Z') },
  }),
  released: (
    performance: string,
    name: string,
    reason: Of<'SeatsReleased'>['data']['reason'] = 'expired',
  ): Of<'SeatsReleased'> => ({
    type: 'SeatsReleased',
    stream: inventoryStream(performanceId(performance)),
    data: {
      performanceId: performanceId(performance),
      reservationId: reservationId(name),
      reason,
      releasedAt: at('2026-05-02T00:10:01Z'),
    },
  }),
  blocked: (performance: string, seats: string[]): Of<'SeatsBlocked'> => ({
    type: 'SeatsBlocked',
    stream: inventoryStream(performanceId(performance)),
    data: {
      ...ofPerformance(performance),
      seatIds: seats.map((seat) => SeatId.parse(seat)),
      blockedBy: admin,
      blockedAt: at('2026-05-02'),
    },
  }),
  unblocked: (performance: string, seats: string[]): Of<'SeatsUnblocked'> => ({
    type: 'SeatsUnblocked',
    stream: inventoryStream(performanceId(performance)),
    data: {
      ...ofPerformance(performance),
      seatIds: seats.map((seat) => SeatId.parse(seat)),
      unblockedBy: admin,
      unblockedAt: at('2026-05-02'),
    },
  }),
  sectionsAdded: (performance: string, added: PricedSection[]): Of<'SectionsAdded'> => ({
    type: 'SectionsAdded',
    stream: inventoryStream(performanceId(performance)),
    data: { ...ofPerformance(performance), sections: added, addedBy: admin, addedAt: at('2026-05-02') },
  }),
  pricesChanged: (performance: string, prices: Readonly<Record<string, number>>): Of<'SectionPricesChanged'> => ({
    type: 'SectionPricesChanged',
    stream: inventoryStream(performanceId(performance)),
    data: {
      ...ofPerformance(performance),
      prices: Object.entries(prices).map(([section, price]) => ({ section, price: Won.parse(price) })),
      changedBy: admin,
      changedAt: at('2026-05-02'),
    },
  }),
  ticketTypeSet: (performance: string, type: TicketType): Of<'TicketTypeSet'> => ({
    type: 'TicketTypeSet',
    stream: inventoryStream(performanceId(performance)),
    data: { ...ofPerformance(performance), ticketType: type, setBy: admin, setAt: at('2026-05-02') },
  }),
  termsChanged: (performance: string, changed: Partial<SaleTerms>): Of<'SaleTermsChanged'> => ({
    type: 'SaleTermsChanged',
    stream: inventoryStream(performanceId(performance)),
    data: { ...ofPerformance(performance), terms: { ...terms, ...changed }, changedAt: at('2026-05-02') },
  }),
  salesClosed: (performance: string): Of<'SalesClosed'> => ({
    type: 'SalesClosed',
    stream: inventoryStream(performanceId(performance)),
    data: { ...ofPerformance(performance), closedBy: admin, closedAt: at('2026-05-04') },
  }),
  salesReopened: (performance: string): Of<'SalesReopened'> => ({
    type: 'SalesReopened',
    stream: inventoryStream(performanceId(performance)),
    data: { ...ofPerformance(performance), reopenedBy: admin, reopenedAt: at('2026-05-05') },
  }),
  salesCancelled: (performance: string): Of<'SalesCancelled'> => ({
    type: 'SalesCancelled',
    stream: inventoryStream(performanceId(performance)),
    data: { performanceId: performanceId(performance), cancelledAt: at('2026-05-03') },
  }),
  paymentStarted: (name: string, order = name): Of<'PaymentStarted'> => ({
    type: 'PaymentStarted',
    stream: reservationStream(reservationId(name)),
    data: {
      reservationId: reservationId(name),
      orderId: orderId(order),
      pointAmount: Won.parse(0),
      payBy: at('2026-05-02T00:02:30Z'),
      startedAt: at('2026-05-02T00:01:00Z'),
    },
  }),
  depositAwaited: (name: string, order = name): Of<'DepositAwaited'> => ({
    type: 'DepositAwaited',
    stream: reservationStream(reservationId(name)),
    data: {
      reservationId: reservationId(name),
      orderId: orderId(order),
      dueBy: at('2026-05-03T00:00:00Z'),
      awaitedAt: at('2026-05-02T00:01:05Z'),
    },
  }),
  attemptFailed: (name: string, order = name): Of<'PaymentAttemptFailed'> => ({
    type: 'PaymentAttemptFailed',
    stream: reservationStream(reservationId(name)),
    data: {
      reservationId: reservationId(name),
      orderId: orderId(order),
      reason: 'declined',
      failedAt: at('2026-05-02T00:01:10Z'),
    },
  }),
  approved: (name: string): Of<'PaymentApproved'> => ({
    type: 'PaymentApproved',
    stream: paymentStream(orderId(name)),
    data: {
      ...ofReservation(name),
      paymentKey: PaymentKey.parse(`pk-${name}`),
      cardAmount: Won.parse(90_000),
      pointAmount: Won.parse(0),
      method: '카드',
      receiptUrl: null,
      approvedAt: at('2026-05-02T00:01:20Z'),
    },
  }),
  refunded: (name: string, card = 90_000, points = 0, refund = 'refund'): Of<'PaymentRefunded'> => ({
    type: 'PaymentRefunded',
    stream: paymentStream(orderId(name)),
    data: {
      ...ofReservation(name),
      refundId: RefundId.parse(refund),
      cardAmount: Won.parse(card),
      pointAmount: Won.parse(points),
      transactionKey: null,
      refundedAt: at('2026-05-02T00:11:00Z'),
    },
  }),
  confirmed: (performance: string, name: string): Of<'ReservationConfirmed'> => ({
    type: 'ReservationConfirmed',
    stream: reservationStream(reservationId(name)),
    data: {
      ...ofReservation(name),
      ...ofPerformance(performance),
      pointAmount: Won.parse(0),
      confirmedAt: at('2026-05-02T00:01:30Z'),
    },
  }),
  cancelled: (
    performance: string,
    name: string,
    cause: Of<'ReservationCancelled'>['data']['cause'] = 'buyer',
    refund?: { readonly amount: number; readonly fee: number },
  ): Of<'ReservationCancelled'> => ({
    type: 'ReservationCancelled',
    stream: reservationStream(reservationId(name)),
    data: {
      reservationId: reservationId(name),
      performanceId: performanceId(performance),
      cancelledAt: at('2026-05-02T00:05:00Z'),
      cause,
      refund:
        refund === undefined
          ? null
          : { orderId: orderId(name), amount: Won.parse(refund.amount), fee: Won.parse(refund.fee), policyVersion: 1 },
    },
  }),
  expired: (performance: string, name: string): Of<'ReservationExpired'> => ({
    type: 'ReservationExpired',
    stream: reservationStream(reservationId(name)),
    data: {
      reservationId: reservationId(name),
      performanceId: performanceId(performance),
      expiredAt: at('2026-05-02T00:10:00Z'),
    },
  }),
};
