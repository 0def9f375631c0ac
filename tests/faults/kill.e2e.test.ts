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

/** Those a purchase goes through are always among the victims; the others follow in turn. */
const FIRST = ['reservation', 'payment', 'event-store', 'postgres', 'projectors'];
const OTHERS = ['redis', 'toss-payments', 'auth', 'catalog', 'query-api', 'edge'];

/** Short deadlines, so that what a killed process left open is settled while the test waits; the order between them is kept. */
const TIMING = {
  PROVIDER_TIMEOUT_MS: '3000',
  RESOLVE_AFTER_MS: '4000',
  ASK_AGAIN_MS: '1000',
  PAY_WITHIN_MS: '6000',
  PROCESS_GRACE_MS: '300',
  IDEMPOTENCY_LEASE_MS: '1500',
};

describe(`killing one process during ${PURCHASES} purchases (seed ${SEED})`, () => {
  let stack: TrialStack;
  let performanceId: PerformanceId;
  const told: Told[] = [];
  // each round's victim and moment follow from the seed alone, and nobody dies twice before everybody has died once
  const shuffled = (parts: string[]) => fc.shuffledSubarray(parts, { minLength: parts.length });
  const moments = fc.array(fc.integer({ min: 0, max: 900 }), { minLength: ROUNDS, maxLength: ROUNDS });
  const plan = fc.noBias(fc.tuple(shuffled(FIRST), shuffled(OTHERS), moments));
  const [[first, others, delays] = [[], [], []]] = fc.sample(plan, { numRuns: 1, seed: SEED });
  const victims = [...first, ...others];
  const choices = delays.map((moment, number) => ({ number, moment, victim: victims[number % victims.length] ?? '' }));

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

  const round = async (number: number, victim: string, moment: number): Promise<(Told & { alone: boolean })[]> => {
    const buyer = createBuyer(stack.running().edgeUrl);
    const purchases = Array.from({ length: PURCHASES }, async (_, n) => {
      // neighbours compete for every tenth pair, so that refusals are tried too
      const pair = number * PURCHASES + (n % 10 === 9 ? n - 1 : n);
      const row = Math.floor((pair * 2) / 100) + 1;
      const seat = ((pair * 2) % 100) + 1;
      await pause((n % 10) * 60);
      const seats = [`A-${row}-${seat}`, `A-${row}-${seat + 1}`];
      const outcome = await buyStubbornly(buyer, stack.mint(), performanceId, seats, 40_000);
      told.push(outcome);
      return { ...outcome, alone: n % 10 < 8 };
    });
    await pause(moment);
    expect(stack.running().kill(victim, 'SIGKILL')).toBe(true);
    const outcomes = await Promise.all(purchases);
    await until(() => Object.values(stack.running().run.parts).every(({ state }) => state === 'ready'), {
      deadline: 60_000,
      what: `all parts to be back after ${victim} was killed`,
    });
    return outcomes;
  };

  it.each(choices)(
    'round $number: $victim is killed after $moment ms',
    async ({ number, victim, moment }) => {
      const outcomes = await round(number, victim, moment);
      const { facts, faults } = await atRest();
      expect(faults).toEqual([]);
      expect(acknowledgedButLost(facts)).toEqual([]);
      // who had no rival gets a ticket in spite of it all; only rivals may be told that a seat is taken
      const alone = outcomes.filter((outcome) => outcome.alone);
      const confirmed = new Set<string>();
      for (const fact of facts) if (fact.type === 'ReservationConfirmed') confirmed.add(fact.data.reservationId);
      const served = alone.filter(({ reserved }) => reserved !== undefined && confirmed.has(reserved.id));
      const unserved = alone.filter((outcome) => !served.includes(outcome)).map(({ refusal }) => refusal);
      // in a list of no more than a tenth, so that a failure tells what the others were told
      expect(unserved.slice(Math.floor(alone.length / 10))).toEqual([]);
      expect(alone.map(({ refusal }) => refusal)).not.toContain('409 SEAT_TAKEN');
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
