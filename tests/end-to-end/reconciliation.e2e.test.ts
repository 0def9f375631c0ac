import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { until } from '@tiketi/local/parts/until.js';
import { PaymentList, Prepared } from '@tiketi/shared-kernel/contracts/http/payments.js';
import { Reserved } from '@tiketi/shared-kernel/contracts/http/reservations.js';
import { z } from 'zod';
import { openHall } from '../support/hall.js';
import { readProviderLedger } from '../support/invariants.js';
import type { Minted } from '../support/minted-tokens.js';
import { startTrialStack, type TrialStack } from '../support/trial-stack.js';

const SECRET = 'test_sk_of_the_reconciliation';
const Report = z.object({
  status: z.enum(['done', 'failed']).nullable(),
  differences: z.array(z.object({ orderId: z.string(), kind: z.string(), status: z.string(), note: z.string() })),
});

let stack: TrialStack;
beforeAll(async () => {
  stack = await startTrialStack({
    RECONCILE_EVERY_MS: '0',
    RECONCILE_GRACE_MS: '1',
    TOSS_SECRET_KEY: SECRET,
    TOSS_CLIENT_KEY: 'test_ck_x',
  });
}, 120_000);
afterAll(async () => {
  await stack?.end();
  for (const name of ['RECONCILE_EVERY_MS', 'RECONCILE_GRACE_MS', 'TOSS_SECRET_KEY', 'TOSS_CLIENT_KEY']) delete process.env[name];
}, 60_000);

const ask = async (who: Minted, method: 'GET' | 'POST', path: string, body?: unknown): Promise<unknown> => {
  const answer = await fetch(new URL(path, stack.running().edgeUrl), {
    method,
    headers: {
      authorization: `Bearer ${who.token}`,
      'idempotency-key': randomUUID(),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
  return answer.json();
};
const atProvider = async (path: string, body: object): Promise<unknown> => {
  const authorization = `Basic ${Buffer.from(`${SECRET}:`).toString('base64')}`;
  const answer = await fetch(new URL(path, stack.urlOf('toss-payments')), {
    method: 'POST',
    headers: { authorization, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
  return answer.json();
};
const reconcile = async () => {
  const { id } = z.object({ id: z.string() }).parse(await ask(stack.admin, 'POST', '/api/admin/reconciliations'));
  const read = async () => Report.parse(await ask(stack.admin, 'GET', `/api/admin/reconciliations/${id}`));
  await until(async () => (await read()).status !== null, { deadline: 20_000, every: 50, what: 'the run to end' });
  return read();
};

it('finds and repairs what the provider did without anybody hearing of it, once', async () => {
  const performanceId = await openHall(stack, [{ section: 'A', rows: 2, seatsPerRow: 10 }]);
  await atProvider('/simulator/webhooks', { held: true });
  const buyer = stack.mint();
  const book = async (seat: string) => {
    const { id } = Reserved.parse(await ask(buyer, 'POST', '/api/reservations', { performanceId, seatIds: [seat] }));
    const order = Prepared.parse(await ask(buyer, 'POST', '/api/payments/prepare', { reservationId: id }));
    const { orderId, amount, orderName } = order;
    const session = await atProvider('/checkout/sessions', { orderId, amount, orderName, method: 'CARD' });
    const { paymentKey } = z.object({ paymentKey: z.string() }).parse(session);
    await ask(buyer, 'POST', '/api/payments/confirm', { orderId, amount, paymentKey });
    return { orderId, amount, paymentKey };
  };
  const [kept, returned] = [await book('A-1-1'), await book('A-1-2')];
  expect(await reconcile()).toEqual({ status: 'done', differences: [] });

  // given back in the provider's own console; and money taken for an order nobody here knows
  await atProvider(`/v1/payments/${returned.paymentKey}/cancel`, { cancelReason: 'in the console' });
  await atProvider('/v1/virtual-accounts', {
    ...{ orderId: 'order-of-nobody', orderName: 'x', amount: 10_000, customerName: 'x', bank: '20', validHours: 2 },
  });
  await atProvider('/simulator/deposits', { orderId: 'order-of-nobody' });

  const first = await reconcile();
  expect(first.status).toBe('done');
  expect(first.differences.map(({ orderId, kind, status }) => [orderId, kind, status]).sort()).toEqual(
    [
      ['order-of-nobody', 'missing-ours', 'open'],
      [returned.orderId, 'refunded-there-not-here', 'repaired'],
    ].sort(),
  );
  const list = async () => PaymentList.parse(await ask(buyer, 'GET', '/api/payments/user/me')).items;
  await until(async () => (await list()).some(({ status }) => status === 'refunded'), {
    ...{ deadline: 20_000, every: 50, what: 'the refund to show' },
  });
  expect((await list()).map(({ orderId, status, refundAmount }) => [orderId, status, refundAmount])).toEqual([
    [returned.orderId, 'refunded', returned.amount],
    [kept.orderId, 'confirmed', 0],
  ]);
  const second = await reconcile();
  expect(second.differences.filter(({ status, orderId }) => status === 'open' && orderId !== 'order-of-nobody')).toEqual([]);
  const { payments } = await readProviderLedger(stack.urlOf('toss-payments'));
  expect(payments.find(({ orderId }) => orderId === kept.orderId)?.balanceAmount).toBe(kept.amount);
}, 90_000);
