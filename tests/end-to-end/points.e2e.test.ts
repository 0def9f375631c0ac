import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createBuyer } from '@tiketi/cli/demo-purchase/buyer.js';
import { until } from '@tiketi/local/parts/until.js';
import { PointsBalance, PointsHistory, Prepared } from '@tiketi/shared-kernel/contracts/http/payments.js';
import { openHall } from '../support/hall.js';
import { startTrialStack, type TrialStack } from '../support/trial-stack.js';

const PATIENCE = { deadline: 20_000, what: 'the points to follow' };

describe('points', () => {
  let stack: TrialStack;
  beforeAll(async () => {
    stack = await startTrialStack();
  }, 120_000);
  afterAll(() => stack?.end(), 60_000);

  it('are bought, pay a part of a seat, and come back when it is given up', async () => {
    const performanceId = await openHall(stack, [{ section: 'A', rows: 1, seatsPerRow: 4 }]);
    const site = stack.running().edgeUrl;
    const buyer = createBuyer(site);
    const { token } = stack.mint();
    const ask = async (method: string, path: string, body?: object): Promise<unknown> => {
      const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json', 'idempotency-key': randomUUID() };
      const answer = await fetch(new URL(path, site), { method, headers, ...(body && { body: JSON.stringify(body) }) });
      if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
      return answer.json();
    };
    const balance = async () => PointsBalance.parse(await ask('GET', '/api/points/balance'));
    const history = async () =>
      PointsHistory.parse(await ask('GET', '/api/points/history')).items.map(({ type, amount }) => [type, amount]);
    const pay = async (prepared: Prepared) => buyer.confirm(token, await buyer.authenticate(prepared), prepared, randomUUID());

    const charge = (await ask('POST', '/api/points/charge', { amount: 30_000 })) as Prepared;
    expect(await pay(charge)).toMatchObject({ status: 'confirmed', reservationId: null });
    expect(await balance()).toEqual({ balance: 30_000, held: 0 });

    const reserved = await buyer.reserve(token, performanceId, ['A-1-1'], randomUUID());
    const prepared = Prepared.parse(
      await ask('POST', '/api/payments/prepare', { reservationId: reserved.id, pointAmount: 20_000 }),
    );
    expect(prepared).toMatchObject({ amount: 30_000, pointAmount: 20_000, totalAmount: 50_000 });
    expect(await pay(prepared)).toMatchObject({ status: 'confirmed', reservationId: reserved.id });
    await until(async () => (await balance()).held === 0, PATIENCE);
    expect(await balance()).toEqual({ balance: 10_000, held: 0 });
    await until(async () => (await history()).length === 2, PATIENCE);
    expect(await history()).toEqual([
      ['USE', -20_000],
      ['CHARGE', 30_000],
    ]);

    // a day or two before, 30 % stay: the fee of 15,000 comes off the card's part, so all of the points return
    await buyer.cancel(token, reserved.id);
    await until(async () => (await balance()).balance === 30_000, PATIENCE);
    await until(async () => (await history()).length === 3, PATIENCE);
    expect((await history())[0]).toEqual(['REFUND', 20_000]);
  }, 90_000);
});
