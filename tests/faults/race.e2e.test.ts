import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createBuyer, RefusedError } from '@tiketi/cli/demo-purchase/buyer.js';
import { openHall } from '../support/hall.js';
import { readHistory } from '../support/history.js';
import { logFaults, seatFaults } from '../support/invariants.js';
import { startTrialStack, type TrialStack } from '../support/trial-stack.js';

const [BUYERS, SEATS] = process.env.TIKETI_DEEP === '1' ? [2000, 200] : [400, 40];

describe(`${BUYERS} buyers and ${SEATS} seats`, () => {
  let stack: TrialStack;
  beforeAll(async () => {
    stack = await startTrialStack();
  }, 120_000);
  afterAll(() => stack?.end(), 60_000);

  it('lets exactly as many win as there are seats and tells all others that theirs is taken', async () => {
    const performanceId = await openHall(stack, [{ section: 'A', rows: 1, seatsPerRow: SEATS }]);
    const buyer = createBuyer(stack.running().edgeUrl);
    const answers = await Promise.all(
      Array.from({ length: BUYERS }, async (_, n) => {
        const { token } = stack.mint();
        try {
          return await buyer.reserve(token, performanceId, [`A-1-${(n % SEATS) + 1}`], randomUUID());
        } catch (error) {
          if (error instanceof RefusedError) return `${error.status} ${error.code}`;
          throw error;
        }
      }),
    );

    const won = answers.filter((answer) => typeof answer !== 'string');
    expect(won).toHaveLength(SEATS);
    expect(new Set(won.flatMap(({ items }) => items.map(({ seatId }) => seatId))).size).toBe(SEATS);
    expect(new Set(answers.filter((answer) => typeof answer === 'string'))).toEqual(new Set(['409 SEAT_TAKEN']));

    const facts = await readHistory(stack.running().run.eventStoreUrl);
    expect([...logFaults(facts), ...seatFaults(facts)]).toEqual([]);
    expect(facts.filter(({ type }) => type === 'SeatsHeld')).toHaveLength(SEATS);
  }, 60_000);
});
