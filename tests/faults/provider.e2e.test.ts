import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { type Buyer, createBuyer, RefusedError } from '@tiketi/cli/demo-purchase/buyer.js';
import { until } from '@tiketi/local/parts/until.js';
import type { PerformanceId } from '@tiketi/shared-kernel/contracts/ids.js';
import { expireElsewhere } from '../support/expire-elsewhere.js';
import { openHall } from '../support/hall.js';
import { readHistory } from '../support/history.js';
import { logFaults, moneyFaults, openFaults, outcomeFaults, readProviderLedger, seatFaults } from '../support/invariants.js';
import { startTrialStack, type TrialStack } from '../support/trial-stack.js';

/** Asked for early, so that what the provider left open is settled while the test waits. */
const TIMING = { PROVIDER_TIMEOUT_MS: '6000', RESOLVE_AFTER_MS: '7000', ASK_AGAIN_MS: '500', PROCESS_GRACE_MS: '300' };

describe('a payment provider that misbehaves', () => {
  let stack: TrialStack;
  let buyer: Buyer;
  let performanceId: PerformanceId;
  let seat = 0;

  const scriptUrl = () => new URL('/simulator/faults', stack.urlOf('toss-payments'));
  const script = async (fault: Record<string, unknown>): Promise<void> => {
    const body = JSON.stringify(fault);
    const answer = await fetch(scriptUrl(), { method: 'POST', headers: { 'content-type': 'application/json' }, body });
    if (!answer.ok) throw new Error(`the fault was not taken: ${answer.status}`);
  };

  beforeAll(async () => {
    stack = await startTrialStack(TIMING);
    buyer = createBuyer(stack.running().edgeUrl);
    performanceId = await openHall(stack, [{ section: 'A', rows: 1, seatsPerRow: 200 }]);
  }, 120_000);
  afterAll(() => stack?.end(), 60_000);
  afterEach(async () => {
    await fetch(scriptUrl(), { method: 'DELETE' });
  });

  const payable = async () => {
    const { token } = stack.mint();
    seat += 1;
    const reserved = await buyer.reserve(token, performanceId, [`A-1-${seat}`], randomUUID());
    const prepared = await buyer.prepare(token, reserved.id, randomUUID());
    return { token, reserved, prepared, paymentKey: await buyer.authenticate(prepared) };
  };
  /** Good calls between the bad ones: the breaker opens when half of at least five have failed, which is another test's business. */
  const goodCalls = async () => {
    for (let n = 0; n < 4; n += 1) {
      const { token, prepared, paymentKey } = await payable();
      await buyer.confirm(token, paymentKey, prepared, randomUUID());
    }
  };
  const confirmedLater = (token: string, id: string) =>
    until(async () => (await buyer.reservation(token, id)).status === 'confirmed', {
      deadline: 30_000,
      every: 200,
      what: 'the reservation to be confirmed',
    });
  const chargesOf = async (orderId: string) =>
    (await readProviderLedger(stack.urlOf('toss-payments'))).payments.filter((payment) => payment.orderId === orderId);

  it.each([
    ['loses its answer after charging', { dropReplyAfterSuccess: true, times: 1 }],
    ['answers 500 after charging', { status: 500, code: 'FAILED_INTERNAL_SYSTEM_PROCESSING', afterSuccess: true, times: 1 }],
    ['charges and answers after our patience', { delayReplyMs: 7000, times: 1 }],
    ['closes the connection without charging', { dropBefore: true, times: 1 }],
  ])(
    '%s: the buyer is told to wait, and is charged and confirmed once',
    async (_, fault) => {
      await goodCalls();
      const { token, reserved, prepared, paymentKey } = await payable();
      await script({ match: { orderId: prepared.orderId, path: '/confirm' }, ...fault });
      const answer = await buyer.confirm(token, paymentKey, prepared, randomUUID());
      expect(answer.status).toBe('payment_delayed');
      await confirmedLater(token, reserved.id);
      expect(await chargesOf(prepared.orderId)).toMatchObject([{ status: 'DONE', balanceAmount: prepared.amount }]);
    },
    60_000,
  );

  it('is slow: the buyer is answered within three seconds and the call runs on', async () => {
    await goodCalls();
    const { token, reserved, prepared, paymentKey } = await payable();
    await script({ match: { orderId: prepared.orderId, path: '/confirm' }, delayMs: 4000, times: 1 });
    const answer = await buyer.confirm(token, paymentKey, prepared, randomUUID());
    expect(answer).toMatchObject({ status: 'payment_delayed', statusUrl: `/api/payments/order/${prepared.orderId}` });
    await confirmedLater(token, reserved.id);
  }, 60_000);

  it('charges after the hold has ended for good: all of it is given back, once', async () => {
    await goodCalls();
    const { token, reserved, prepared, paymentKey } = await payable();
    await script({ match: { orderId: prepared.orderId, path: '/confirm' }, delayMs: 4000, times: 1 });
    expect((await buyer.confirm(token, paymentKey, prepared, randomUUID())).status).toBe('payment_delayed');
    await expireElsewhere(stack, reserved.id);
    const facts = () => readHistory(stack.running().run.eventStoreUrl);
    const refunds = async () =>
      (await facts()).filter(({ type, data }) => type === 'PaymentRefunded' && data.orderId === prepared.orderId);
    await until(async () => (await refunds()).length > 0, { deadline: 20_000, every: 250, what: 'the charge to be given back' });
    expect(await chargesOf(prepared.orderId)).toMatchObject([
      { status: 'CANCELED', totalAmount: prepared.amount, balanceAmount: 0 },
    ]);
    expect(await refunds()).toMatchObject([{ data: { cardAmount: prepared.amount } }]);
    const types = (await facts()).filter(({ data }) => 'reservationId' in data && data.reservationId === reserved.id);
    expect(types.map(({ type }) => type)).not.toContain('ReservationConfirmed');
    await until(async () => (await buyer.reservation(token, reserved.id)).status === 'expired', {
      deadline: 10_000,
      what: 'the reservation to show as expired',
    });
  }, 60_000);

  it('is down: new payments are refused at once, reservations stay, and seats can still be held', async () => {
    const { token, reserved, prepared, paymentKey } = await payable();
    await script({ status: 500, code: 'FAILED_INTERNAL_SYSTEM_PROCESSING' });
    const refused = await until(
      async () => {
        const other = await payable();
        try {
          await buyer.confirm(other.token, other.paymentKey, other.prepared, randomUUID());
          return false;
        } catch (error) {
          return error instanceof RefusedError && `${error.status} ${error.code}`;
        }
      },
      { deadline: 20_000, what: 'the breaker to open' },
    );
    expect(refused).toBe('503 PAYMENT_PROVIDER_DOWN');
    const again = await fetch(new URL('/api/payments/confirm', stack.running().edgeUrl), {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json', 'idempotency-key': randomUUID() },
      body: JSON.stringify({ paymentKey, orderId: prepared.orderId, amount: prepared.amount }),
    });
    expect(again.status).toBe(503);
    expect(Number(again.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(await again.json()).toMatchObject({ code: 'PAYMENT_PROVIDER_DOWN' });
    expect(await buyer.reservation(token, reserved.id)).toMatchObject({ status: 'pending' });
    await payable();
  }, 60_000);

  it('comes back: what it left open is settled, and every charge has its ticket', async () => {
    const look = async () => {
      const facts = await readHistory(stack.running().run.eventStoreUrl);
      const ledger = await readProviderLedger(stack.urlOf('toss-payments'));
      return [
        ...logFaults(facts),
        ...seatFaults(facts),
        ...moneyFaults(facts, ledger),
        ...outcomeFaults(facts),
        ...openFaults(facts),
      ];
    };
    await until(async () => (await look()).length === 0, {
      deadline: 75_000,
      every: 500,
      what: 'every payment to be settled',
    }).catch(() => undefined);
    expect(await look()).toEqual([]);
  }, 90_000);
});
