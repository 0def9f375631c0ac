import { describe, expect, it } from '@jest/globals';
import type { PricedSection } from '@tiketi/shared-kernel/contracts/events/layout.js';
import { DEFAULT_REFUND_POLICY } from '@tiketi/shared-kernel/contracts/events/refund-policy.js';
import type { SaleTerms, ShowDetails, ShowEvent } from '@tiketi/shared-kernel/contracts/events/show.js';
import { LayoutId, PerformanceId, ShowId, TicketTypeId, UserId } from '@tiketi/shared-kernel/contracts/ids.js';
import { Won } from '@tiketi/shared-kernel/contracts/money.js';
import { Instant } from '@tiketi/shared-kernel/contracts/time.js';
import { fold } from '@tiketi/shared-kernel/event-sourcing/decider.js';
import { given } from '@tiketi/shared-kernel/event-sourcing/testing/scenario.js';
import type { Layout } from '../layout/layout.js';
import { cancelShow } from './cancel-show.js';
import { changeDetails } from './change-details.js';
import { type CreateShow, createShow } from './create-show.js';
import { isPosterAddress } from './poster.js';
import { type SchedulePerformance, schedulePerformance } from './schedule-performance.js';
import { setRefundPolicy } from './set-refund-policy.js';
import { show } from './show.js';

const id = (last: string): string => `0b7e7f6e-5f0e-4a55-8b7a-0000000000${last}`;
const showId = ShowId.parse(id('01'));
const performanceId = PerformanceId.parse(id('02'));
const layoutId = LayoutId.parse(id('03'));
const admin = UserId.parse(id('04'));
const now = Instant.parse('2026-05-01T10:00:00.000Z');
const later = Instant.parse('2026-05-02T10:00:00.000Z');

const details: ShowDetails = {
  title: { ko: '달빛 정거장', en: 'Moonlight Station' },
  description: { ko: '이야기', en: 'A story' },
  artistName: { ko: '극단', en: 'A company' },
  venue: { ko: '극장', en: 'A theatre' },
  address: { ko: '서울', en: 'Seoul' },
  category: 'theatre',
  posterImageUrl: null,
};
const terms: SaleTerms = {
  saleStartAt: Instant.parse('2026-05-10T11:00:00.000Z'),
  saleEndAt: Instant.parse('2026-06-30T11:00:00.000Z'),
  holdSeconds: 600,
  maxSeatsPerReservation: 4,
  maxSeatsPerBuyer: 4,
  requiresEntry: false,
  refundPolicyVersion: 1,
  depositWithinHours: 24,
};
const create: CreateShow = { showId, details, terms, by: admin, now };
const created: ShowEvent = { type: 'ShowCreated', data: { showId, details, terms, createdBy: admin, createdAt: now } };
const cancelled: ShowEvent = { type: 'ShowCancelled', data: { showId, cancelledBy: admin, cancelledAt: now } };
const policy = { tiers: [{ daysBefore: 1, feePercent: 50 }], coolingOffHours: 2, coolingOffDaysBefore: 1 };
const policySet: ShowEvent = {
  type: 'RefundPolicySet',
  data: { showId, policy: { ...policy, version: 2 }, setBy: admin, setAt: later },
};
const renamed: ShowDetails = { ...details, title: { ko: '별빛 정거장', en: 'Starlight Station' } };
const changed: ShowEvent = {
  type: 'ShowDetailsChanged',
  data: { showId, details: renamed, changedBy: admin, changedAt: later },
};

describe('creating a show', () => {
  it('announces it', () => given(show).when(createShow(create)).accepts(created));

  it('does nothing the second time', () => given(show, created).when(createShow(create)).changesNothing());

  it('does nothing the second time, even after details and refund policy changed', () =>
    given(show, created, changed, policySet).when(createShow(create)).changesNothing());

  it('refuses another show under the same key', () =>
    given(show, created)
      .when(createShow({ ...create, details: renamed }))
      .refuses('IDEMPOTENCY_KEY_REUSED'));

  it('refuses a sale that ends before it starts', () =>
    given(show)
      .when(createShow({ ...create, terms: { ...terms, saleEndAt: terms.saleStartAt } }))
      .refuses('SALE_WINDOW_INVALID'));

  it('refuses a reservation limit above the buyer limit', () =>
    given(show)
      .when(createShow({ ...create, terms: { ...terms, maxSeatsPerReservation: 5 } }))
      .refuses('SEAT_LIMITS_INVALID'));

  it('refuses a poster that is a script', () =>
    given(show)
      .when(createShow({ ...create, details: { ...details, posterImageUrl: 'javascript:alert(1)' } }))
      .refuses('POSTER_ADDRESS_INVALID'));
});

describe('changing the details of a show', () => {
  const change = { showId, details: renamed, by: admin, now: later };

  it('records the new details', () => given(show, created).when(changeDetails(change)).accepts(changed));
  it('does nothing the second time', () => given(show, created, changed).when(changeDetails(change)).changesNothing());
  it('refuses a show nobody created', () => given(show).when(changeDetails(change)).refuses('SHOW_NOT_FOUND'));
  it('refuses a cancelled show', () => given(show, created, cancelled).when(changeDetails(change)).refuses('SHOW_CANCELLED'));
  it('refuses a poster from elsewhere without TLS', () =>
    given(show, created)
      .when(changeDetails({ ...change, details: { ...renamed, posterImageUrl: 'http://example.com/a.png' } }))
      .refuses('POSTER_ADDRESS_INVALID'));
});

describe('scheduling a performance', () => {
  const layout: Layout = {
    status: 'defined',
    id: layoutId,
    name: 'Small hall',
    description: '',
    sections: [
      { section: 'A', rows: 10, seatsPerRow: 20, grade: 'VIP' },
      { section: 'B', rows: 5, seatsPerRow: 13, grade: 'R' },
    ],
  };
  const vip = { grade: 'VIP', price: Won.parse(90_000) };
  const r = { grade: 'R', price: Won.parse(60_000) };
  const sections: PricedSection[] = [
    { section: 'A', rows: 10, seatsPerRow: 20, grade: 'VIP', price: vip.price },
    { section: 'B', rows: 5, seatsPerRow: 13, grade: 'R', price: r.price },
  ];
  const startsAt = Instant.parse('2026-07-01T10:30:00.000Z');
  const schedule: SchedulePerformance = {
    showId,
    performanceId,
    startsAt,
    layoutId,
    layout,
    prices: [r, vip],
    ticketTypes: [],
    by: admin,
    now: later,
  };
  const scheduled: ShowEvent = {
    type: 'PerformanceScheduled',
    data: { showId, performanceId, startsAt, layoutId, sections, ticketTypes: [], terms, scheduledBy: admin, scheduledAt: later },
  };
  const standing = { name: '스탠딩', price: Won.parse(44_000), quantity: 300 };
  // written out, because these ids stand in stored events for good
  const standingType = { ...standing, ticketTypeId: TicketTypeId.parse('b2b92e37-2551-5977-926d-ebb230c903ec') };

  it('copies priced geometry and terms', () => given(show, created).when(schedulePerformance(schedule)).accepts(scheduled));

  it('ends the sale when the performance starts', () => {
    const early = Instant.parse('2026-06-01T10:30:00.000Z');
    given(show, created)
      .when(schedulePerformance({ ...schedule, startsAt: early }))
      .accepts({
        type: 'PerformanceScheduled',
        data: { ...scheduled.data, startsAt: early, terms: { ...terms, saleEndAt: early } },
      });
  });

  it('does nothing the second time', () => given(show, created, scheduled).when(schedulePerformance(schedule)).changesNothing());

  it('does nothing the second time, even on a show cancelled since', () =>
    given(show, created, scheduled, cancelled).when(schedulePerformance(schedule)).changesNothing());

  it('refuses another performance under the same key', () =>
    given(show, created, scheduled)
      .when(schedulePerformance({ ...schedule, startsAt: Instant.parse('2026-07-02T10:30:00.000Z') }))
      .refuses('IDEMPOTENCY_KEY_REUSED'));

  it('sells ticket types beside seats', () =>
    given(show, created)
      .when(schedulePerformance({ ...schedule, ticketTypes: [standing] }))
      .accepts({ type: 'PerformanceScheduled', data: { ...scheduled.data, ticketTypes: [standingType] } }));

  it('sells ticket types alone, and does nothing the second time', () => {
    const standingOnly: SchedulePerformance = {
      ...schedule,
      layoutId: null,
      layout: { status: 'undefined' },
      prices: [],
      ticketTypes: [standing],
    };
    const event: ShowEvent = {
      type: 'PerformanceScheduled',
      data: { ...scheduled.data, layoutId: null, sections: [], ticketTypes: [standingType] },
    };
    given(show, created).when(schedulePerformance(standingOnly)).accepts(event);
    given(show, created, event).when(schedulePerformance(standingOnly)).changesNothing();
    given(show, created, event)
      .when(schedulePerformance({ ...standingOnly, ticketTypes: [{ ...standing, quantity: 301 }] }))
      .refuses('IDEMPOTENCY_KEY_REUSED');
  });

  it('copies the version of the refund policy in force', () =>
    given(show, created, policySet)
      .when(schedulePerformance(schedule))
      .accepts({
        type: 'PerformanceScheduled',
        data: { ...scheduled.data, terms: { ...terms, refundPolicyVersion: 2 } },
      }));

  it('refuses two ticket types of one name', () =>
    given(show, created)
      .when(schedulePerformance({ ...schedule, ticketTypes: [standing, { ...standing, price: vip.price }] }))
      .refuses('TICKET_TYPE_NAMED_TWICE'));

  it('refuses to sell nothing', () =>
    given(show, created)
      .when(schedulePerformance({ ...schedule, layoutId: null, layout: { status: 'undefined' }, prices: [] }))
      .refuses('NOTHING_TO_SELL'));

  it('refuses prices of grades where there is no layout', () =>
    given(show, created)
      .when(schedulePerformance({ ...schedule, layoutId: null, layout: { status: 'undefined' } }))
      .refuses('GRADE_UNKNOWN'));

  it('refuses a show nobody created', () => given(show).when(schedulePerformance(schedule)).refuses('SHOW_NOT_FOUND'));

  it('refuses a cancelled show', () =>
    given(show, created, cancelled).when(schedulePerformance(schedule)).refuses('SHOW_CANCELLED'));

  it('refuses a layout nobody defined', () =>
    given(show, created)
      .when(schedulePerformance({ ...schedule, layout: { status: 'undefined' } }))
      .refuses('LAYOUT_NOT_FOUND'));

  it('refuses a grade without a price', () =>
    given(show, created)
      .when(schedulePerformance({ ...schedule, prices: [vip] }))
      .refuses('GRADE_NOT_PRICED'));

  it('refuses two prices for a grade', () =>
    given(show, created)
      .when(schedulePerformance({ ...schedule, prices: [vip, r, r] }))
      .refuses('GRADE_PRICED_TWICE'));

  it('refuses a price for a grade the layout does not have', () =>
    given(show, created)
      .when(schedulePerformance({ ...schedule, prices: [vip, r, { grade: 'S', price: r.price }] }))
      .refuses('GRADE_UNKNOWN'));

  it('refuses a performance before the sale opens', () =>
    given(show, created)
      .when(schedulePerformance({ ...schedule, startsAt: terms.saleStartAt }))
      .refuses('SALE_WINDOW_INVALID'));
});

describe('setting the refund policy of a show', () => {
  const set = { showId, policy, by: admin, now: later };

  it('is its next version', () => given(show, created).when(setRefundPolicy(set)).accepts(policySet));
  it('does nothing the second time', () => given(show, created, policySet).when(setRefundPolicy(set)).changesNothing());
  it('does nothing where it is the default already', () => {
    const { version: _, ...standard } = DEFAULT_REFUND_POLICY;
    given(show, created)
      .when(setRefundPolicy({ ...set, policy: standard }))
      .changesNothing();
  });
  it('counts on from the last one', () => {
    const stricter = { ...policy, coolingOffHours: 0 };
    given(show, created, policySet)
      .when(setRefundPolicy({ ...set, policy: stricter }))
      .accepts({ type: 'RefundPolicySet', data: { showId, policy: { ...stricter, version: 3 }, setBy: admin, setAt: later } });
  });
  it('refuses a show nobody created', () => given(show).when(setRefundPolicy(set)).refuses('SHOW_NOT_FOUND'));
  it('refuses a cancelled show', () => given(show, created, cancelled).when(setRefundPolicy(set)).refuses('SHOW_CANCELLED'));
});

describe('cancelling a show', () => {
  const cancel = { showId, by: admin, now };
  const performance = (last: string, startsAt: string): ShowEvent => ({
    type: 'PerformanceScheduled',
    data: {
      ...{ showId, performanceId: PerformanceId.parse(id(last)), startsAt: Instant.parse(startsAt), layoutId: null },
      ...{ sections: [], ticketTypes: [], terms, scheduledBy: admin, scheduledAt: now },
    },
  });
  const played = performance('11', '2026-04-30T10:00:00.000Z');
  const beginning = performance('12', now);
  const toCome = performance('13', '2026-05-01T10:00:00.001Z');

  it('cancels it', () => given(show, created).when(cancelShow(cancel)).accepts(cancelled));
  it('does nothing the second time, even after its last performance', () => {
    given(show, created, cancelled).when(cancelShow(cancel)).changesNothing();
    given(show, created, played, cancelled).when(cancelShow(cancel)).changesNothing();
  });
  it('cancels what is left of a run', () => given(show, created, toCome, played).when(cancelShow(cancel)).accepts(cancelled));
  it('refuses a show whose last performance has begun', () =>
    given(show, created, beginning, played).when(cancelShow(cancel)).refuses('SHOW_ENDED'));
  it('refuses a show nobody created', () => given(show).when(cancelShow(cancel)).refuses('SHOW_NOT_FOUND'));
});

describe('a show before its creation', () => {
  it('stays unannounced whatever is said of it', () =>
    expect(fold(show, [changed, policySet, cancelled])).toEqual({ status: 'unannounced' }));
});

describe('a poster address', () => {
  it.each([null, '/images/a.webp', 'https://img.example.com/a.webp'])('may be %s', (address) => {
    expect(isPosterAddress(address)).toBe(true);
  });
  it.each(['', '//evil.example', '/\\evil', 'http://a.example/x', 'data:text/html,x', 'a.png', '/a b'])(
    'may not be %j',
    (address) => {
      expect(isPosterAddress(address)).toBe(false);
    },
  );
});
