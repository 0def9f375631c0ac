import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Buyer, createBuyer, RefusedError } from '@tiketi/cli/demo-purchase/buyer.js';
import { purchase } from '@tiketi/cli/demo-purchase/purchase.js';
import { until } from '@tiketi/local/parts/until.js';
import type { PerformanceId } from '@tiketi/shared-kernel/contracts/ids.js';
import { forgetRedis } from '../support/forget-redis.js';
import { openHall } from '../support/hall.js';
import { readHistory } from '../support/history.js';
import { logFaults, moneyFaults, outcomeFaults, readProviderLedger, seatFaults } from '../support/invariants.js';
import { startTrialStack, type TrialStack } from '../support/trial-stack.js';

/** A documented test card the provider declines when the charge is asked for. */
const DECLINED_CARD = '4330000000000011';

const refusal = async (asked: Promise<unknown>): Promise<string> =>
  asked.then(
    () => 'it was accepted',
    (error: unknown) => {
      if (error instanceof RefusedError) return `${error.status} ${error.code}`;
      throw error;
    },
  );

describe('a purchase through the running stack', () => {
  let stack: TrialStack;
  let buyer: Buyer;
  let performanceId: PerformanceId;

  beforeAll(async () => {
    stack = await startTrialStack({ PROCESS_GRACE_MS: '200' });
    buyer = createBuyer(stack.running().edgeUrl);
    performanceId = await openHall(stack, [{ section: 'A', rows: 10, seatsPerRow: 20 }], { holdSeconds: 30 });
  }, 120_000);
  afterAll(() => stack?.end(), 60_000);

  const history = () => readHistory(stack.running().run.eventStoreUrl);
  const reserve = (token: string, ...seats: string[]) => buyer.reserve(token, performanceId, seats, randomUUID());
  const payable = async (token: string, seat: string, card?: string) => {
    const reserved = await reserve(token, seat);
    const prepared = await buyer.prepare(token, reserved.id, randomUUID());
    return { reserved, prepared, paymentKey: await buyer.authenticate(prepared, card) };
  };

  it('ends with a confirmed ticket in the read model and at most eight appends', async () => {
    const steps: string[] = [];
    const { ticket, orderId } = await purchase(buyer, (step) => void steps.push(step));
    expect(ticket).toMatchObject({ status: 'confirmed', paymentStatus: 'completed', orderId });
    expect(ticket.items).toHaveLength(2);
    expect(steps).toHaveLength(8);

    const own = await until(
      async () => {
        const facts = (await history()).filter((fact) => 'reservationId' in fact.data && fact.data.reservationId === ticket.id);
        return facts.some(({ type }) => type === 'SeatsSold') && facts;
      },
      { deadline: 10_000, what: 'the seats to be sold' },
    );
    expect(own.map(({ type }) => type)).toEqual([
      ...['SeatsHeld', 'PaymentPrepared', 'ReservationOpened', 'PaymentStarted', 'PaymentConfirmRequested'],
      ...['PaymentApproved', 'ReservationConfirmed', 'SeatsSold'],
    ]);
    expect(new Set(own.map(({ metadata }) => metadata.$correlationId))).toEqual(new Set([ticket.id]));
  }, 60_000);

  it('is one reservation however often the same request is sent, and another request with its key is refused', async () => {
    const { token } = stack.mint();
    const key = randomUUID();
    const answers = await Promise.all(Array.from({ length: 20 }, () => buyer.reserve(token, performanceId, ['A-3-1'], key)));
    expect(new Set(answers.map(({ id, reservationNumber }) => `${id} ${reservationNumber}`)).size).toBe(1);
    expect(await refusal(buyer.reserve(token, performanceId, ['A-3-2'], key))).toBe('422 IDEMPOTENCY_KEY_REUSED');
  }, 30_000);

  it('with its key at another performance is refused, and a reservation of its own once nobody remembers the key', async () => {
    const { token } = stack.mint();
    const key = randomUUID();
    const other = await openHall(stack, [{ section: 'A', rows: 1, seatsPerRow: 2 }], { holdSeconds: 30 });
    const here = await buyer.reserve(token, performanceId, ['A-3-5'], key);
    expect(await refusal(buyer.reserve(token, other, ['A-1-1'], key))).toBe('422 IDEMPOTENCY_KEY_REUSED');
    await forgetRedis(stack.urlOf('redis'));
    const there = await buyer.reserve(token, other, ['A-1-1'], key);
    expect(here.id).not.toBe(there.id);
    await Promise.all([buyer.cancel(token, here.id), buyer.cancel(token, there.id)]);
    const freed = async () =>
      (await history()).filter(
        ({ type, data }) => type === 'SeatsReleased' && JSON.stringify(data).match(`${here.id}|${there.id}`),
      );
    await until(async () => (await freed()).length === 2, { deadline: 10_000, what: 'both to be released' });
  }, 40_000);

  it('is paid once however often it is confirmed at once', async () => {
    const { token } = stack.mint();
    const { reserved, prepared, paymentKey } = await payable(token, 'A-4-1');
    const confirm = () => buyer.confirm(token, paymentKey, prepared, randomUUID());
    // on a busy machine some may be told to wait, which is no other outcome
    const answers = await Promise.all(Array.from({ length: 100 }, confirm));
    expect(answers.map(({ status }) => status)).not.toContain('declined');
    expect((await confirm()).status).toBe('confirmed');
    const { payments } = await readProviderLedger(stack.urlOf('toss-payments'));
    expect(payments.filter(({ orderId }) => orderId === prepared.orderId)).toHaveLength(1);
    const told = (await history()).filter(({ data }) => 'reservationId' in data && data.reservationId === reserved.id);
    for (const once of ['PaymentConfirmRequested', 'PaymentApproved', 'ReservationConfirmed']) {
      expect(told.filter(({ type }) => type === once)).toHaveLength(1);
    }
  }, 30_000);

  it('gets the same answers from the streams once Redis has forgotten them', async () => {
    const { token } = stack.mint();
    const keys = { reserve: randomUUID(), prepare: randomUUID(), confirm: randomUUID() };
    const forget = () => forgetRedis(stack.urlOf('redis'));
    const hold = () => buyer.reserve(token, performanceId, ['A-4-3'], keys.reserve);
    const reserved = await hold();
    const prepare = () => buyer.prepare(token, reserved.id, keys.prepare);
    await forget();
    expect(await hold()).toEqual(reserved);
    const prepared = await prepare();
    await forget();
    expect(await prepare()).toEqual(prepared);
    const paymentKey = await buyer.authenticate(prepared);
    const pay = () => buyer.confirm(token, paymentKey, prepared, keys.confirm);
    const answers = await Promise.all(Array.from({ length: 20 }, pay));
    const paid = await pay();
    expect(paid.status).toBe('confirmed');
    // on a busy machine some may be told to wait
    for (const answer of answers) if (answer.status === 'confirmed') expect(answer).toEqual(paid);
    await forget();
    expect(await pay()).toEqual(paid);
    const { payments } = await readProviderLedger(stack.urlOf('toss-payments'));
    expect(payments.filter(({ orderId }) => orderId === prepared.orderId)).toHaveLength(1);
  }, 30_000);

  it('may be tried again with another card after a decline', async () => {
    const { token } = stack.mint();
    const { reserved, prepared, paymentKey } = await payable(token, 'A-5-1', DECLINED_CARD);
    expect(await refusal(buyer.confirm(token, paymentKey, prepared, randomUUID()))).toBe('402 PAYMENT_DECLINED');
    expect(await refusal(buyer.confirm(token, paymentKey, prepared, randomUUID()))).toMatch(
      /^(402 PAYMENT_DECLINED|409 ORDER_CLOSED)$/,
    );
    const again = await buyer.prepare(token, reserved.id, randomUUID());
    const paid = await buyer.confirm(token, await buyer.authenticate(again), again, randomUUID());
    expect(paid.status).toBe('confirmed');
  }, 30_000);

  it('refuses an amount other than the reservation’s, and changes nothing', async () => {
    const { token } = stack.mint();
    const { prepared, paymentKey } = await payable(token, 'A-6-1');
    const wrong = { ...prepared, amount: prepared.amount - 1000 };
    expect(await refusal(buyer.confirm(token, paymentKey, wrong, randomUUID()))).toBe('400 AMOUNT_MISMATCH');
    expect((await buyer.confirm(token, paymentKey, prepared, randomUUID())).status).toBe('confirmed');
  }, 30_000);

  it('shows nobody another buyer’s reservation or order', async () => {
    const anna = stack.mint();
    const ben = stack.mint();
    const { reserved, prepared, paymentKey } = await payable(anna.token, 'A-7-1');
    expect(await refusal(buyer.reservation(ben.token, reserved.id))).toMatch(/^404 /);
    expect(await refusal(buyer.prepare(ben.token, reserved.id, randomUUID()))).toMatch(/^404 /);
    expect(await refusal(buyer.confirm(ben.token, paymentKey, prepared, randomUUID()))).toBe('404 PAYMENT_NOT_FOUND');
    expect(await refusal(buyer.cancel(ben.token, reserved.id))).toBe('404 RESERVATION_NOT_FOUND');
  }, 30_000);

  it('gives cancelled seats to the next buyer', async () => {
    const { token } = stack.mint();
    const reserved = await reserve(token, 'A-8-1');
    await buyer.cancel(token, reserved.id);
    const next = stack.mint();
    await until(() => refusal(reserve(next.token, 'A-8-1')).then((answer) => answer === 'it was accepted'), {
      deadline: 10_000,
      what: 'the seat to be free again',
    });
  }, 30_000);

  it('gives unpaid seats back when the hold ends, and refuses to charge for them', async () => {
    const { token } = stack.mint();
    const { reserved, prepared, paymentKey } = await payable(token, 'A-9-1');
    await until(async () => (await buyer.reservation(token, reserved.id, reserved.position)).status === 'expired', {
      deadline: 45_000,
      every: 250,
      what: 'the hold to expire',
    });
    expect(await refusal(buyer.confirm(token, paymentKey, prepared, randomUUID()))).toBe('409 RESERVATION_EXPIRED');
    const next = stack.mint();
    await until(() => refusal(reserve(next.token, 'A-9-1')).then((answer) => answer === 'it was accepted'), {
      deadline: 10_000,
      what: 'the seat to be free again',
    });
  }, 70_000);

  it('leaves a history without a fault', async () => {
    await until(async () => outcomeFaults(await history()).length === 0, {
      deadline: 15_000,
      what: 'every outcome to be settled',
    });
    const facts = await history();
    const ledger = await readProviderLedger(stack.urlOf('toss-payments'));
    expect([...logFaults(facts), ...seatFaults(facts), ...moneyFaults(facts, ledger)]).toEqual([]);
  }, 30_000);
});
