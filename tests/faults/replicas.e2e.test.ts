import { randomInt, randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createBuyer } from '@tiketi/cli/demo-purchase/buyer.js';
import { until } from '@tiketi/local/parts/until.js';
import { openHall } from '../support/hall.js';
import { type Fact, readHistory } from '../support/history.js';
import { logFaults, moneyFaults, openFaults, outcomeFaults, readProviderLedger, seatFaults } from '../support/invariants.js';
import { countsOf, replicasOf } from '../support/replicas.js';
import { buyStubbornly, type Told } from '../support/stubborn-buyer.js';
import { startTrialStack, type TrialStack } from '../support/trial-stack.js';

const DEEP = process.env.TIKETI_DEEP === '1';
const BUYERS = DEEP ? 400 : 90;
const SEATS = DEEP ? 160 : 36;
const ROUNDS = DEEP ? 6 : 1;
const SEED = Number(process.env.TIKETI_SEED ?? randomInt(2 ** 31));

/** Short deadlines, so that what a killed process left open is settled while the test waits; the order between them is kept. */
const ENV = {
  TIKETI_RESERVATION_REPLICAS: '3',
  PROVIDER_TIMEOUT_MS: '3000',
  RESOLVE_AFTER_MS: '4000',
  ASK_AGAIN_MS: '1000',
  PAY_WITHIN_MS: '6000',
  PROCESS_GRACE_MS: '300',
  IDEMPOTENCY_LEASE_MS: '1500',
};

describe(`three processes of the reservation service (seed ${SEED})`, () => {
  let stack: TrialStack;
  beforeAll(async () => {
    stack = await startTrialStack(ENV);
  }, 150_000);
  afterAll(() => stack?.end(), 60_000);

  const allThere = () =>
    until(
      async () => (await Promise.all(replicasOf(stack).map((part) => countsOf(stack, part)))).every((c) => c.replicas === 3),
      {
        deadline: 20_000,
        what: 'the replicas to see each other',
      },
    );

  /** The replica that most of the commands were decided at, which is the performance's owner. */
  const ownerNow = async (before: ReadonlyMap<string, number>): Promise<string> => {
    const gained: [string, number][] = [];
    for (const part of replicasOf(stack)) gained.push([part, (await countsOf(stack, part)).own - (before.get(part) ?? 0)]);
    const [owner] = gained.sort((a, b) => b[1] - a[1]);
    expect(owner?.[1]).toBeGreaterThan(0);
    return owner?.[0] ?? '';
  };

  const faultsOf = async (facts: readonly Fact[]): Promise<string[]> => [
    ...logFaults(facts),
    ...seatFaults(facts),
    ...moneyFaults(facts, await readProviderLedger(stack.urlOf('toss-payments'))),
    ...outcomeFaults(facts),
    ...openFaults(facts),
  ];
  const atRest = async (): Promise<{ facts: readonly Fact[]; faults: readonly string[] }> => {
    const deadline = performance.now() + 60_000;
    for (;;) {
      const facts = await readHistory(stack.running().run.eventStoreUrl);
      const faults = await faultsOf(facts);
      if (faults.length === 0 || performance.now() > deadline) return { facts, faults };
      await pause(250);
    }
  };

  it.each(Array.from({ length: ROUNDS }, (_, n) => n))(
    'sell every seat once to buyers who ask any of them, though the owner is killed meanwhile (round %i)',
    async (round) => {
      await allThere();
      const performanceId = await openHall(stack, [{ section: 'A', rows: 1, seatsPerRow: SEATS }], { holdSeconds: 120 });
      const before = new Map<string, number>();
      for (const part of replicasOf(stack)) before.set(part, (await countsOf(stack, part)).own);

      const buyer = createBuyer(stack.running().edgeUrl);
      // each seat is wanted by two or three; the edge gives each request to another replica
      const buying = Array.from({ length: BUYERS }, async (_, n): Promise<Told> => {
        await pause((n % 30) * 40);
        return buyStubbornly(buyer, stack.mint(), performanceId, [`A-1-${((n * 7 + round) % SEATS) + 1}`], 40_000);
      });
      await pause(300 + ((SEED + round * 7919) % 500));
      const owner = await ownerNow(before);
      expect(stack.running().kill(owner, 'SIGKILL')).toBe(true);
      const told = await Promise.all(buying);
      await until(() => Object.values(stack.running().run.parts).every(({ state }) => state === 'ready'), {
        deadline: 60_000,
        what: `${owner} to be back`,
      });

      const { facts, faults } = await atRest();
      expect(faults).toEqual([]);
      const held = new Set(facts.flatMap((fact) => (fact.type === 'SeatsHeld' ? [fact.data.reservationId as string] : [])));
      const confirmed = new Set(
        facts.flatMap((fact) => (fact.type === 'ReservationConfirmed' ? [fact.data.reservationId as string] : [])),
      );
      for (const { reserved, confirmed: saidSo } of told) {
        if (reserved === undefined) continue;
        expect(held).toContain(reserved.id);
        if (saidSo) expect(confirmed).toContain(reserved.id);
      }
      // whoever got a seat pays for it in spite of it all, and the others hear that theirs is taken
      const served = told.filter(({ reserved }) => reserved !== undefined && confirmed.has(reserved.id));
      expect(served.length).toBeGreaterThanOrEqual(SEATS * 0.9);
      const refusals = new Set(told.filter(({ reserved }) => reserved === undefined).map(({ refusal }) => refusal));
      expect([...refusals].filter((refusal) => refusal !== '409 SEAT_TAKEN')).toEqual([]);
    },
    180_000,
  );

  it('decide at the owner what any of them is asked, and seldom collide', async () => {
    await allThere();
    const parts = replicasOf(stack);
    const performanceId = await openHall(stack, [{ section: 'A', rows: 1, seatsPerRow: 60 }], { holdSeconds: 120 });
    const before = await Promise.all(parts.map((part) => countsOf(stack, part)));
    const reserving = Array.from({ length: 60 }, async (_, n) => {
      const direct = createBuyer(stack.urlOf(parts[n % parts.length] ?? 'reservation'));
      return direct.reserve(stack.mint().token, performanceId, [`A-1-${n + 1}`], randomUUID());
    });
    const held = await Promise.all(reserving);
    expect(new Set(held.map(({ id }) => id)).size).toBe(60);
    const after = await Promise.all(parts.map((part) => countsOf(stack, part)));
    const gained = (key: 'own' | 'forwarded' | 'instead' | 'conflict'): number[] =>
      parts.map((_, n) => (after[n]?.[key] ?? 0) - (before[n]?.[key] ?? 0));
    expect(gained('instead')).toEqual([0, 0, 0]);
    // two of three are asked for what is not theirs: 20 commands each, all sent on
    expect(gained('forwarded').filter((count) => count >= 20)).toHaveLength(2);
    expect(gained('conflict').reduce((sum, count) => sum + count, 0)).toBeLessThanOrEqual(3);
  }, 60_000);

  it('go on without an owner that hangs, and take it back when it goes on itself', async () => {
    await allThere();
    const parts = replicasOf(stack);
    const performanceId = await openHall(stack, [{ section: 'A', rows: 1, seatsPerRow: 60 }], { holdSeconds: 120 });
    const before = new Map<string, number>();
    for (const part of parts) before.set(part, (await countsOf(stack, part)).own);
    let seat = 0;
    const reserveAt = async (part: string) => {
      seat += 1;
      const { id } = await createBuyer(stack.urlOf(part)).reserve(
        stack.mint().token,
        performanceId,
        [`A-1-${seat}`],
        randomUUID(),
      );
      return id as string;
    };
    const all = async (among: readonly string[], count: number) =>
      Promise.all(Array.from({ length: count }, (_, n) => reserveAt(among[n % among.length] ?? '')));

    const acknowledged = await all(parts, 12);
    const owner = await ownerNow(before);
    const others = parts.filter((part) => part !== owner);
    expect(stack.running().kill(owner, 'SIGSTOP')).toBe(true);
    try {
      acknowledged.push(...(await all(others, 20)));
      acknowledged.push(...(await all(others, 10)));
      const instead = await Promise.all(others.map(async (part) => (await countsOf(stack, part)).instead));
      expect(instead.reduce((sum, count) => sum + count, 0)).toBeGreaterThan(0);
    } finally {
      stack.running().kill(owner, 'SIGCONT');
    }
    acknowledged.push(...(await all(parts, 12)));
    await allThere();

    const facts = await readHistory(stack.running().run.eventStoreUrl);
    expect([...logFaults(facts), ...seatFaults(facts)]).toEqual([]);
    const held = facts.flatMap((fact) =>
      fact.type === 'SeatsHeld' && fact.data.performanceId === performanceId ? [fact.data.reservationId as string] : [],
    );
    expect([...held].sort()).toEqual([...acknowledged].sort());
  }, 90_000);
});
