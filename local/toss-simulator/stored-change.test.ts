import { describe, expect, it } from '@jest/globals';
import { readChange } from './stored-change.js';

const OPENED = {
  paymentKey: 'tsim_1',
  orderId: 'order-0001',
  orderName: '좌석',
  totalAmount: 50_000,
  requestedAt: 1,
  secret: 'ps_1',
  successUrl: null,
  failUrl: null,
};
const SINCE = {
  metadata: null,
  cultureExpense: false,
  window: { method: 'CARD', due: { validHours: 168 }, customerName: null },
};

describe('lines of earlier books', () => {
  const read = (change: object) => readChange(JSON.stringify(change));

  it.each([
    [{ status: 'READY' }, { status: 'READY' }],
    [
      { status: 'IN_PROGRESS', card: '433', attempts: 0 },
      { status: 'IN_PROGRESS', means: { method: 'CARD', card: '433' }, attempts: 0 },
    ],
    [
      { status: 'ABORTED', card: null },
      { status: 'ABORTED', means: null },
    ],
    [
      { status: 'DONE', card: '433', approvedAt: 5, transactionKey: 't', cancels: [] },
      { status: 'DONE', means: { method: 'CARD', card: '433' }, approvedAt: 5, transactionKey: 't', cancels: [], account: null },
    ],
  ])('read %j as today', (stored, today) =>
    expect(read({ payment: { ...OPENED, ...stored } })).toEqual({ payment: { ...OPENED, ...SINCE, ...today } }),
  );

  it('take one webhook for a list of one', () => {
    const delivery = { id: 'w-1', body: '{}', retried: 0, dueAt: 7 };
    expect(read({ delivery })).toEqual({ deliveries: [delivery] });
  });

  it('leave today’s lines alone', () => {
    const change = { payment: { ...OPENED, ...SINCE, status: 'READY' }, deliveries: [] };
    expect(read(change)).toEqual(change);
  });
});
