import { describe, expect, it } from '@jest/globals';
import type { PricedSection } from '@tiketi/shared-kernel/contracts/events/layout.js';
import type { SaleTerms, ShowDetails, ShowEvent } from '@tiketi/shared-kernel/contracts/events/show.js';
import { LayoutId, PerformanceId, ShowId, UserId } from '@tiketi/shared-kernel/contracts/ids.js';
import { Won } from '@tiketi/shared-kernel/contracts/money.js';
import { Instant } from '@tiketi/shared-kernel/contracts/time.js';
import { fold } from '@tiketi/shared-kernel/event-sourcing/decider.js';
import { given } from '@tiketi/shared-kernel/event-sourcing/testing/scenario.js';
import type { Layout } from '../layout/layout.js';
import { changeDetails } from './change-details.js';
import { type CreateShow, createShow } from './create-show.js';
import { isPosterAddress } from './poster.js';
import { type SchedulePerformance, schedulePerformance } from './schedule-performance.js';
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
};
const create: CreateShow = { showId, details, terms, by: admin, now };
const created: ShowEvent = { type: 'ShowCreated', data: { showId, details, terms, createdBy: admin, createdAt: now } };
const cancelled: ShowEvent = { type: 'ShowCancelled', data: { showId, cancelledBy: admin, cancelledAt: now } };
const renamed: ShowDetails = { ...details, title: { ko: '별빛 정거장', en: 'Starlight Station' } };
const changed: ShowEvent = {
  type: 'ShowDetailsChanged',
  data: { showId, details: renamed, changedBy: admin, changedAt: later },
};

describe('creating a show', () => {
  it('announces it', () => given(show).when(createShow(create)).accepts(created));

  it('does nothing the second time', () => given(show, created).when(createShow(create)).changesNothing());

  it('does nothing the second time, even after the details changed', () =>
    given(show, created, changed).when(createShow(create)).changesNothing());

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
    by: admin,
    now: later,
  };
  const scheduled: ShowEvent = {
    type: 'PerformanceScheduled',
    data: { showId, performanceId, startsAt, layoutId, sections, terms, scheduledBy: admin, scheduledAt: later },
  };

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

describe('a show before its creation', () => {
  it('stays unannounced whatever is said of it', () =>
    expect(fold(show, [changed, cancelled])).toEqual({ status: 'unannounced' }));
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
