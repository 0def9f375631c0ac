import { type ProblemSpec, refusalTable } from '@tiketi/shared-kernel/service/problem.js';

type Missing =
  | 'SHOW_NOT_FOUND'
  | 'PERFORMANCE_NOT_FOUND'
  | 'REFUND_POLICY_NOT_FOUND'
  | 'RESERVATION_NOT_FOUND'
  | 'PERFORMANCE_REQUIRED';

const spec = (status: number, code: Missing, ko: string, en: string): ProblemSpec => ({ status, code, title: { ko, en } });

export const problemOf = refusalTable<Missing>({
  SHOW_NOT_FOUND: spec(404, 'SHOW_NOT_FOUND', '공연을 찾을 수 없습니다.', 'There is no such event.'),
  PERFORMANCE_NOT_FOUND: spec(404, 'PERFORMANCE_NOT_FOUND', '회차를 찾을 수 없습니다.', 'There is no such performance.'),
  REFUND_POLICY_NOT_FOUND: spec(
    404,
    'REFUND_POLICY_NOT_FOUND',
    '환불 규정을 찾을 수 없습니다.',
    'There is no such refund policy.',
  ),
  RESERVATION_NOT_FOUND: spec(404, 'RESERVATION_NOT_FOUND', '예매 내역을 찾을 수 없습니다.', 'There is no such reservation.'),
  PERFORMANCE_REQUIRED: spec(
    400,
    'PERFORMANCE_REQUIRED',
    '회차(performanceId)를 지정해 주세요.',
    'This event has several performances: name one (performanceId).',
  ),
});
