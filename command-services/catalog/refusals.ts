import { refusalTable } from '@tiketi/shared-kernel/service/problem.js';
import type { DefineLayoutRefusal } from './layout/define-layout.js';
import type { CancelShowRefusal } from './show/cancel-show.js';
import type { ChangeDetailsRefusal } from './show/change-details.js';
import type { CreateShowRefusal } from './show/create-show.js';
import type { SchedulePerformanceRefusal } from './show/schedule-performance.js';
import type { SetRefundPolicyRefusal } from './show/set-refund-policy.js';

export type CatalogRefusal =
  | DefineLayoutRefusal
  | CreateShowRefusal
  | ChangeDetailsRefusal
  | SchedulePerformanceRefusal
  | SetRefundPolicyRefusal
  | CancelShowRefusal;

/** The one table from the catalog's refusals to what a person is told. */
export const problemOf = refusalTable<CatalogRefusal>({
  SHOW_NOT_FOUND: {
    status: 404,
    code: 'SHOW_NOT_FOUND',
    title: { ko: '공연을 찾을 수 없습니다.', en: 'There is no such event.' },
  },
  LAYOUT_NOT_FOUND: {
    status: 404,
    code: 'LAYOUT_NOT_FOUND',
    title: { ko: '좌석 배치를 찾을 수 없습니다.', en: 'There is no such seat layout.' },
  },
  SHOW_CANCELLED: { status: 409, code: 'SHOW_CANCELLED', title: { ko: '취소된 공연입니다.', en: 'The event is cancelled.' } },
  SHOW_ENDED: {
    status: 409,
    code: 'SHOW_ENDED',
    title: {
      ko: '모든 회차가 이미 시작되어 취소할 수 없습니다.',
      en: 'Every performance has begun: the event cannot be cancelled.',
    },
  },
  IDEMPOTENCY_KEY_REUSED: {
    status: 422,
    code: 'IDEMPOTENCY_KEY_REUSED',
    title: {
      ko: '같은 Idempotency-Key가 다른 요청에 이미 쓰였습니다.',
      en: 'This Idempotency-Key was used for a different request.',
    },
  },
  LAYOUT_TOO_LARGE: {
    status: 422,
    code: 'LAYOUT_TOO_LARGE',
    title: { ko: '좌석은 최대 50,000석입니다.', en: 'A layout has at most 50,000 seats.' },
  },
  SECTION_NAMED_TWICE: {
    status: 422,
    code: 'SECTION_NAMED_TWICE',
    title: { ko: '구역 이름이 중복됩니다.', en: 'Two sections have the same name.' },
  },
  SALE_WINDOW_INVALID: {
    status: 422,
    code: 'SALE_WINDOW_INVALID',
    title: {
      ko: '판매는 시작보다 늦게, 공연 시작 전에 열려 있어야 합니다.',
      en: 'The sale must end after it starts and start before the performance does.',
    },
  },
  SEAT_LIMITS_INVALID: {
    status: 422,
    code: 'SEAT_LIMITS_INVALID',
    title: {
      ko: '예매당 좌석 수는 구매자당 좌석 수를 넘을 수 없습니다.',
      en: 'A reservation may not take more seats than a buyer may have.',
    },
  },
  POSTER_ADDRESS_INVALID: {
    status: 422,
    code: 'POSTER_ADDRESS_INVALID',
    title: { ko: '포스터 주소는 경로이거나 https 주소여야 합니다.', en: 'A poster is a path or an https address.' },
  },
  GRADE_NOT_PRICED: {
    status: 422,
    code: 'GRADE_NOT_PRICED',
    title: { ko: '가격이 없는 등급이 있습니다.', en: 'A grade of the layout has no price.' },
  },
  GRADE_PRICED_TWICE: {
    status: 422,
    code: 'GRADE_PRICED_TWICE',
    title: { ko: '한 등급에 가격이 두 개입니다.', en: 'A grade has two prices.' },
  },
  GRADE_UNKNOWN: {
    status: 422,
    code: 'GRADE_UNKNOWN',
    title: { ko: '배치에 없는 등급입니다.', en: 'A price names a grade the layout does not have.' },
  },
  TICKET_TYPE_NAMED_TWICE: {
    status: 422,
    code: 'TICKET_TYPE_NAMED_TWICE',
    title: { ko: '티켓 종류 이름이 중복됩니다.', en: 'Two ticket types have the same name.' },
  },
  NOTHING_TO_SELL: {
    status: 422,
    code: 'NOTHING_TO_SELL',
    title: {
      ko: '좌석 배치나 티켓 종류가 하나 이상 필요합니다.',
      en: 'A performance needs a seat layout, a ticket type, or both.',
    },
  },
});
