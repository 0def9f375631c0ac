import { describe, expect, it } from '@jest/globals';
import { paymentEvents } from '@tiketi/shared-kernel/contracts/events/payment.js';
import { pointsEvents } from '@tiketi/shared-kernel/contracts/events/points.js';
import { reservationEvents } from '@tiketi/shared-kernel/contracts/events/reservation.js';
import fc from 'fast-check';
import { factsOf, judge } from './judge.js';
import { type Program, program, worldOf } from './programs.js';

const DEEP = process.env.TIKETI_DEEP === '1';
const SEED = Number(process.env.TIKETI_SEED ?? Date.now() % 2 ** 31);

/** Who asks now is told how it ended, and asking changes nothing. */
const askAgain = async ({ world, again }: ReturnType<typeof worldOf>): Promise<string[]> => {
  const before = world.store.log.events.length;
  let told: Awaited<ReturnType<typeof again>> = [];
  await world.play(async () => {
    told = await again();
  });
  const confirmed = new Set(
    factsOf(world).flatMap(({ type, data }) => (type === 'ReservationConfirmed' ? [data.orderId as string] : [])),
  );
  const wrong = told.filter((one) => one.told === 'confirmed' && !confirmed.has(one.orderId));
  return [
    ...wrong.map(({ orderId, told: said }) => `order ${orderId} is told to be ${said}`),
    ...(world.store.log.events.length === before ? [] : [`asking again left ${world.store.log.events.at(-1)?.type}`]),
  ];
};

const faultsOf = async (p: Program): Promise<readonly string[]> => {
  const made = worldOf(p);
  try {
    await made.world.play(made.run);
    const faults = judge(made.world);
    return faults.length > 0 ? faults : [...(await askAgain(made)), ...judge(made.world)];
  } catch (error) {
    return [String(error)];
  } finally {
    await made.world.close();
  }
};

describe('bookings, whatever people do and whatever befalls it', () => {
  it('come to rest with every seat, every won and every point where it belongs', async () => {
    await fc.assert(
      fc.asyncProperty(program, async (p) => {
        expect(await faultsOf(p)).toEqual([]);
      }),
      { numRuns: DEEP ? 10_000 : 250, seed: SEED },
    );
  }, 3_600_000);

  it('are tried enough for that to mean something', async () => {
    const seen = new Map<string, number>();
    const struck: string[] = [];
    for (const p of fc.sample(program, { numRuns: 120, seed: 6 })) {
      const { world, run } = worldOf(p);
      await world.play(run);
      await world.close();
      struck.push(...world.seams.struck());
      for (const type of new Set(world.store.log.events.map((event) => event.type))) seen.set(type, (seen.get(type) ?? 0) + 1);
    }
    // that a bank takes a deposit back is no part of these histories
    const { DepositReversed: _, ...inPayments } = paymentEvents;
    const due = Object.keys({ ...reservationEvents, ...inPayments, ...pointsEvents });
    expect(due.filter((type) => (seen.get(type) ?? 0) < 5)).toEqual([]);
    expect(struck.length).toBeGreaterThan(60);
    expect(struck.filter((what) => what.endsWith('lot cut'))).not.toEqual([]);
  });
});
