import { describe, expect, it } from '@jest/globals';
import { asking } from '../../points/testing/facts.js';
import { prepareCharge } from '../prepare-charge.js';
import {
  type ChargeWorld,
  createChargeWorld,
  type Fate,
  order,
  PROVIDER_TIMEOUT_MS,
  paymentKey,
  type Seam,
} from '../testing/charge-world.js';
import { chargeEffectHandlers } from './handlers.js';
import { type ChargeProcessEvent, stepOfCharge } from './routing.js';

const DEEP = process.env.TIKETI_DEEP === '1';
const FATES: readonly Fate[] = ['approve', 'decline', 'account', 'lost approval', 'lost decline', 'never'];
/** More than any one run of a process passes. */
const SEAMS = 16;

/** A process that ends the moment it reaches its n-th seam: whatever it was doing is never heard of again. */
const mortal = async (endsAt: number, live: (seam: Seam) => Promise<unknown>): Promise<'lived' | 'died'> => {
  let passed = 0;
  let die: () => void = () => undefined;
  const death = new Promise<'died'>((resolve) => {
    die = () => resolve('died');
  });
  const seam: Seam = async () => {
    passed += 1;
    if (passed <= endsAt) return;
    die();
    await new Promise(() => undefined);
  };
  return Promise.race([death, live(seam).then(() => 'lived' as const)]);
};

/** The effects the log asks for and has not settled, as the consumer would keep them. */
const openEffects = (world: ChargeWorld) => {
  const stepOf = stepOfCharge({ resolveAfterMs: 65_000, graceMs: 2000 });
  const log: ChargeProcessEvent[] = [
    ...world.chargeEvents(),
    ...world.pointsEvents().flatMap((event) => (event.type === 'PointsCharged' ? [event] : [])),
  ];
  const steps = log.map(stepOf);
  const settled = new Set(steps.flatMap(({ settle }) => settle));
  return steps.flatMap(({ want }) => want).filter(({ id }) => !settled.has(id));
};

const runEffects = async (world: ChargeWorld, seam: Seam): Promise<void> => {
  const { settlement } = world.boot(seam);
  const handlers = chargeEffectHandlers({ settlement, clock: world.clock, askAgainMs: 10_000 });
  for (let round = 0; round < 20 && openEffects(world).length > 0; round += 1) {
    world.pass(PROVIDER_TIMEOUT_MS + 5000);
    for (const { kind, id, dueAt } of openEffects(world)) {
      const payload = { orderId: order.orderId };
      await handlers[kind]({
        id,
        kind,
        key: order.orderId,
        dueAt,
        payload,
        correlationId: 'c',
        causationId: 'c',
        attempt: round + 1,
      });
    }
  }
};

/** A buyer confirms, the process ends at `first`; perhaps the buyer asks again; the effects run and end at `second`; and run on. */
const play = async (fate: Fate, first: number, asksAgain: boolean, second: number) => {
  const world = createChargeWorld(fate);
  const { orders, settlement } = world.boot();
  await orders.decide(order.orderId, 'prepare', (now) => prepareCharge({ order, now }), asking);
  const confirm = (seam?: Seam) => world.boot(seam).settlement.confirm(order, paymentKey, asking);
  await mortal(first, confirm);
  if (asksAgain) await confirm();
  await mortal(second, (seam) => runEffects(world, seam));
  await runEffects(world, async () => undefined);
  return { world, settlement };
};

const judge = async ({ world, settlement }: Awaited<ReturnType<typeof play>>): Promise<void> => {
  const charge = world.chargeEvents().map(({ type }) => type);
  const points = world.pointsEvents();
  expect(openEffects(world)).toEqual([]);
  expect(world.ledger.charges()).toBe(world.ledger.isCharged() ? 1 : 0);
  expect(points.map(({ type, data }) => [type, data.amount])).toEqual(
    world.ledger.isCharged() ? [['PointsCharged', order.amount]] : [],
  );
  const asked = charge.includes('PointChargeRequested');
  const outcome = world.ledger.isCharged() ? ['PointChargeApproved'] : ['PointChargeDeclined'];
  expect(charge).toEqual(['PointChargePrepared', ...(asked ? ['PointChargeRequested', ...outcome] : [])]);
  // whoever asks now hears how it ended
  if (asked) {
    const told = await settlement.confirm(order, paymentKey, asking);
    expect(told.kind).toBe(world.ledger.isCharged() ? 'confirmed' : 'declined');
  }
};

describe.each(FATES)('a point charge whose provider says: %s', (fate) => {
  it.each([false, true])('ends credited once or declined wherever the process ends (asked again: %s)', async (again) => {
    const ends = Array.from({ length: SEAMS + 1 }, (_, seam) => seam);
    const seconds = ends.filter((seam) => DEEP || seam % 3 === 0);
    for (const first of ends) {
      await Promise.all(seconds.map(async (second) => judge(await play(fate, first, again, second))));
    }
  });
});

it('passes no more seams than are tried', async () => {
  for (const fate of FATES) {
    const world = createChargeWorld(fate);
    await world.boot().orders.decide(order.orderId, 'prepare', (now) => prepareCharge({ order, now }), asking);
    const all = await mortal(SEAMS, (seam) => world.boot(seam).settlement.confirm(order, paymentKey, asking));
    expect([fate, all]).toEqual([fate, 'lived']);
  }
});
