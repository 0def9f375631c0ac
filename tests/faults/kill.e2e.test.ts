import { randomInt } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createBuyer } from '@tiketi/cli/demo-purchase/buyer.js';
import { until } from '@tiketi/local/parts/until.js';
import type { PerformanceId } from '@tiketi/shared-kernel/contracts/ids.js';
import fc from 'fast-check';
import { openHall } from '../support/hall.js';
import { type Fact, readHistory } from '../support/history.js';
import {
  logFaults,
  moneyFaults,
  openFaults,
  outcomeFaults,
  type ProviderLedger,
  readProviderLedger,
  seatFaults,
} from '../support/invariants.js';
import { readModelFaults } from '../support/read-model.js';
import { buyStubbornly, type Told } from '../support/stubborn-buyer.js';
import { startTrialStack, type TrialStack } from '../support/trial-stack.js';

const ROUNDS = process.env.TIKETI_DEEP === '1' ? 50 : 5;
const PURCHASES = 50;
const SEED = Number(process.env.TIKETI_SEED ?? randomInt(2 ** 31));

/** Whichever of them dies, nothing acknowledged may be lost. */
const PARTS = [
  ...['postgres', 'redis', 'event-store', 'toss-payments', 'auth', 'catalog'],
  ...['reservation', 'payment', 'projectors', 'query-api', 'edge'],
];

/** Short deadlines, so that what a killed process left open is settled while the test waits; the order between them is kept. */
const TIMING = {
  PROVIDER_TIMEOUT_MS: '3000',
  RESOLVE_AFTER_MS: '4000',
  ASK_AGAIN_MS: '1000',
  PAY_WITHIN_MS: '6000',
  PROCESS_GRACE_MS: '300',
};

describe(`killing one process during ${PURCHASES} purchases (seed ${SEED})`, () => {
  let stack: TrialStack;
  let performanceId: PerformanceId;
  const told: Told[] = [];
  // each round's victim and moment follow from the seed alone
  const choices = fc.sample(fc.tuple(fc.constantFrom(...PARTS), fc.integer({ min: 0, max: 900 })), {
    numRuns: ROUNDS,
    seed: SEED,
  });

  beforeAll(async () => {
    stack = await startTrialStack(TIMING);
    const rows = Math.ceil((ROUNDS * PURCHASES * 2) / 100);
    performanceId = await openHall(stack, [{ section: 'A', rows, seatsPerRow: 100 }], { holdSeconds: 120 });
  }, 120_000);
  afterAll(() => stack?.end(), 60_000);

  const faultsNow = (facts: readonly Fact[], ledger: ProviderLedger): string[] => [
    ...logFaults(facts),
    ...seatFaults(facts),
    ...moneyFaults(facts, ledger),
    ...outcomeFaults(facts),
    ...openFaults(facts),
  ];
  const look = async () => {
    const facts = await readHistory(stack.running().run.eventStoreUrl);
    return { facts, faults: faultsNow(facts, await readProviderLedger(stack.urlOf('toss-payments'))) };
  };

  /** Waits until nothing is open any more, then says what is wrong. */
  const atRest = async (): Promise<{ facts: readonly Fact[]; faults: readonly string[] }> => {
    const deadline = performance.now() + 60_000;
    for (;;) {
      const seen = await look().catch((error: unknown) => ({ facts: [], faults: [String(error)] }));
      if (seen.faults.length === 0 || performance.now() > deadline) return seen;
      await pause(250);
    }
  };

  const acknowledgedButLost = (facts: readonly Fact[]): string[] => {
    const held = new Set(facts.flatMap((fact) => (fact.type === 'SeatsHeld' ? [fact.data.reservationId] : [])));
    const confirmed = new Set(facts.flatMap((fact) => (fact.type === 'ReservationConfirmed' ? [fact.data.reservationId] : [])));
    return told.flatMap(({ reserved, confirmed: saidSo }) => {
      if (reserved === undefined) return [];
      if (!held.has(reserved.id)) return [`reservation ${reserved.id} was acknowledged and is not stored`];
      return saidSo && !confirmed.has(reserved.id) ? [`reservation ${reserved.id} was said to be confirmed and is not`] : [];
    });
  };

  const round = async (number: number, victim: string, moment: number): Promise<void> => {
    const buyer = createBuyer(stack.running().edgeUrl);
    const purchases = Array.from({ length: PURCHASES }, async (_, n) => {
      // neighbours compete for every tenth pair, so that refusals are tried too
      const pair = number * PURCHASES + (n % 10 === 9 ? n - 1 : n);
      const row = Math.floor((pair * 2) / 100) + 1;
      const seat = ((pair * 2) % 100) + 1;
      await pause((n % 10) * 60);
      told.push(await buyStubbornly(buyer, stack.mint(), performanceId, [`A-${row}-${seat}`, `A-${row}-${seat + 1}`], 40_000));
    });
    await pause(moment);
    expect(stack.running().kill(victim, 'SIGKILL')).toBe(true);
    await Promise.all(purchases);
    await until(() => Object.values(stack.running().run.parts).every(({ state }) => state === 'ready'), {
      deadline: 60_000,
      what: `all parts to be back after ${victim} was killed`,
    });
  };

  it.each(choices.map(([victim, moment], index) => ({ number: index, victim, moment })))(
    'round $number: $victim is killed after $moment ms',
    async ({ number, victim, moment }) => {
      await round(number, victim, moment);
      const { facts, faults } = await atRest();
      expect(faults).toEqual([]);
      expect(acknowledgedButLost(facts)).toEqual([]);
      expect(told.filter(({ confirmed }) => confirmed).length).toBeGreaterThan(0);
    },
    180_000,
  );

  it('loses nothing when everything is killed and started again, and the read models catch up', async () => {
    await stack.restart({ hurry: true });
    const { facts, faults } = await atRest();
    expect(faults).toEqual([]);
    expect(acknowledgedButLost(facts)).toEqual([]);
    const behind = async () => readModelFaults(stack, facts, told, performanceId);
    await until(async () => (await behind()).length === 0, {
      deadline: 30_000,
      every: 500,
      what: 'the read models to catch up',
    }).catch(() => undefined);
    expect(await behind()).toEqual([]);
  }, 180_000);
});
