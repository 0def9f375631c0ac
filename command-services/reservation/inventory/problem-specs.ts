import type { ProblemSpec } from '@tiketi/shared-kernel/service/problem.js';
import type { InventoryRefusal } from './commands.js';

/** What a person is told for each refusal of an inventory. */
export const inventoryProblems: { readonly [R in InventoryRefusal]: ProblemSpec } = {
  PerformanceNotFound: {
    status: 404,
    code: 'PERFORMANCE_NOT_FOUND',
    title: { ko: '공연 회차를 찾을 수 없습니다.', en: 'There is no such performance.' },
  },
  SalesCancelled: {
    status: 409,
    code: 'SALES_CANCELLED',
    title: { ko: '취소된 공연입니다.', en: 'This performance was cancelled.' },
  },
  SalesClosed: {
    status: 409,
    code: 'SALES_CLOSED',
    title: { ko: '현재 판매가 중지되었습니다.', en: 'Sales are closed at the moment.' },
  },
  SalesNotOpen: {
    status: 409,
    code: 'SALES_NOT_OPEN',
    title: { ko: '아직 예매가 시작되지 않았습니다.', en: 'The sale has not opened yet.' },
  },
  SalesEnded: { status: 409, code: 'SALES_ENDED', title: { ko: '예매가 종료되었습니다.', en: 'The sale has ended.' } },
  EntryRequired: {
    status: 403,
    code: 'ENTRY_TOKEN_REQUIRED',
    title: { ko: '대기열에서 입장한 후 예매할 수 있습니다.', en: 'Please enter through the waiting queue first.' },
  },
  EntryInvalid: {
    status: 403,
    code: 'ENTRY_TOKEN_INVALID',
    title: {
      ko: '입장 시간이 지났거나 올바르지 않은 입장입니다. 대기열에 다시 참여해 주세요.',
      en: 'Your admission has ended or is not valid. Please join the queue again.',
    },
  },
  EntryUnavailable: {
    status: 503,
    code: 'ENTRY_CHECK_UNAVAILABLE',
    title: {
      ko: '지금은 입장을 확인할 수 없습니다. 잠시 후 다시 시도해 주세요.',
      en: 'Admissions cannot be checked right now. Please try again.',
    },
  },
  WishInvalid: {
    status: 400,
    code: 'RESERVATION_WISH_INVALID',
    title: { ko: '예매할 좌석이나 티켓을 확인해 주세요.', en: 'Please check which seats or tickets you want.' },
  },
  TooManySeats: {
    status: 422,
    code: 'TOO_MANY_SEATS',
    title: { ko: '한 번에 예매할 수 있는 좌석 수를 넘었습니다.', en: 'More seats than one reservation may have.' },
  },
  BuyerLimitReached: {
    status: 409,
    code: 'BUYER_LIMIT_REACHED',
    title: { ko: '1인당 예매 한도를 넘었습니다.', en: 'This is more than one buyer may have.' },
  },
  SeatUnknown: { status: 404, code: 'SEAT_NOT_FOUND', title: { ko: '없는 좌석입니다.', en: 'There is no such seat.' } },
  SeatBlocked: {
    status: 409,
    code: 'SEAT_NOT_FOR_SALE',
    title: { ko: '판매하지 않는 좌석입니다.', en: 'One of these seats is not for sale.' },
  },
  SeatTaken: {
    status: 409,
    code: 'SEAT_TAKEN',
    title: { ko: '이미 다른 분이 선택한 좌석입니다.', en: 'Another buyer already has one of these seats.' },
  },
  GradeUnknown: { status: 404, code: 'GRADE_NOT_FOUND', title: { ko: '없는 좌석 등급입니다.', en: 'There is no such grade.' } },
  NotEnoughSeats: {
    status: 409,
    code: 'NOT_ENOUGH_SEATS',
    title: { ko: '남은 좌석이 부족합니다.', en: 'Not that many seats are left.' },
  },
  TicketTypeUnknown: {
    status: 404,
    code: 'TICKET_TYPE_NOT_FOUND',
    title: { ko: '없는 티켓 종류입니다.', en: 'There is no such ticket type.' },
  },
  SoldOut: {
    status: 409,
    code: 'TICKETS_SOLD_OUT',
    title: { ko: '남은 티켓이 부족합니다.', en: 'Not that many of these tickets are left.' },
  },
  ReservationClosed: {
    status: 409,
    code: 'RESERVATION_CLOSED',
    title: { ko: '이미 종료된 예매입니다.', en: 'This reservation has ended.' },
  },
  KeyReused: {
    status: 422,
    code: 'IDEMPOTENCY_KEY_REUSED',
    title: { ko: '같은 키로 다른 요청을 보냈습니다.', en: 'This Idempotency-Key was used for another request.' },
  },
  SeatInUse: {
    status: 409,
    code: 'SEAT_IN_USE',
    title: { ko: '예매 중이거나 판매된 좌석이 있습니다.', en: 'Some of these seats are held or sold.' },
  },
  SectionExists: {
    status: 409,
    code: 'SECTION_EXISTS',
    title: { ko: '이미 있는 구역 이름입니다.', en: 'There is a section of this name already.' },
  },
  HallTooLarge: {
    status: 422,
    code: 'LAYOUT_TOO_LARGE',
    title: { ko: '좌석은 최대 50,000석입니다.', en: 'A performance has at most 50,000 seats.' },
  },
  TicketTypeExists: {
    status: 409,
    code: 'TICKET_TYPE_EXISTS',
    title: { ko: '이미 있는 티켓 종류 이름입니다.', en: 'There is a ticket type of this name already.' },
  },
  FewerThanTaken: {
    status: 409,
    code: 'FEWER_THAN_SOLD',
    title: { ko: '이미 예매된 수량보다 적게 줄일 수 없습니다.', en: 'More than that are held or sold already.' },
  },
  SectionUnknown: { status: 404, code: 'SECTION_NOT_FOUND', title: { ko: '없는 구역입니다.', en: 'There is no such section.' } },
  SectionPricedTwice: {
    status: 422,
    code: 'SECTION_PRICED_TWICE',
    title: { ko: '한 구역에 가격이 두 개입니다.', en: 'A section has two prices.' },
  },
  HoldUnknown: {
    status: 404,
    code: 'RESERVATION_NOT_FOUND',
    title: { ko: '예매 내역을 찾을 수 없습니다.', en: 'There is no such reservation.' },
  },
  HoldReleased: {
    status: 409,
    code: 'RESERVATION_CLOSED',
    title: { ko: '이미 종료된 예매입니다.', en: 'This reservation has ended.' },
  },
  AlreadySold: {
    status: 409,
    code: 'RESERVATION_CONFIRMED',
    title: { ko: '이미 결제가 완료된 예매입니다.', en: 'This reservation is paid already.' },
  },
};
