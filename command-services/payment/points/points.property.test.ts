import { describe, expect, it } from '@jest/globals';
import type { PointsEvent } from '@tiketi/shared-kernel/contracts/events/points.js';
import { Won } from '@tiketi/shared-kernel/contracts/money.js';
import { pointsStream } from '@tiketi/shared-kernel/contracts/streams.js';
import { OutcomeUnknownError } from '@tiketi/shared-kernel/event-sourcing/command-handler.js';
import { fold } from '@tiketi/shared-kernel/event-sourcing/decider.js';
import { type StoredEvent, StoreUnavailableError } from '@tiketi/shared-kernel/event-sourcing/event-store/port.js';
import { createModelStore } from '@tiketi/shared-kernel/event-sourcing/testing/model-store.js';
import { createVirtualClock } from '@tiketi/shared-kernel/event-sourcing/testing/virtual-clock.js';
import { stormy } from '@tiketi/shared-kernel/event-sourcing/testing/weather.js';
import { createLogger } from '@tiketi/shared-kernel/service/logger.js';
import fc from 'fast-check';
import { createPointsAccounts } from './accounts.js';
import { createChargedPoints } from './charged-points.js';
import { createPointsSteps, PointsRefusedError } from './create-points-steps.js';
import { points } from './points.js';
import { auditPoints } from './testing/audit.js';
import { anna, asking, chargeIdOf, orderIdOf, refundIdOf } from './testing/facts.js';
import { amountOfOrder, decisionOf, historyOf, type Operation, operation } from './testing/histories.js';

const DEEP = process.env.TIKETI_DEEP === '1';
const SEED = Number(process.env.TIKETI_SEED ?? Date.now() % 2 ** 31);
const logger = createLogger({ service: 'test', level: 'silent' });

const eventsOf = (stored: readonly StoredEvent[]): PointsEvent[] =>
  // the model store gives back what the codec wrote
  stored.map(({ type, data }) => ({ type, data }) as PointsEvent);

const scenario = fc.record({
  operations: fc.array(
    fc.record({
      what: operation,
      writer: fc.constantFrom<0 | 1>(0, 1),
      at: fc.oneof(fc.integer({ min: 0, max: 300 }), fc.constant(0)),
      again: fc.boolean(),
    }),
    { minLength: 1, maxLength: 25 },
  ),
  seed: fc.integer({ min: 0, max: 2 ** 31 }),
  badness: fc.constantFrom(0, 0.3, 0.7),
});
type Scenario = typeof scenario extends fc.Arbitrary<infer T> ? T : never;

/** Two processes ask at once, over a store that loses answers; each operation twice if it says so, and all once more after the storm. */
const play = async ({ operations, seed, badness }: Scenario) => {
  const timer = createVirtualClock();
  let over = false;
  const store = createModelStore(
    timer,
    stormy(seed, badness, () => over),
  );
  const ports = { store, clock: timer.now, timer, logger };
  const writers = [0, 1].map(() => ({
    steps: createPointsSteps(ports),
    charged: createChargedPoints(createPointsAccounts(ports)),
  })) as [Writer, Writer];
  const faults: unknown[] = [];

  const tried = async (asked: Promise<unknown>): Promise<unknown> => {
    try {
      return await asked;
    } catch (error) {
      const known =
        error instanceof OutcomeUnknownError || error instanceof StoreUnavailableError || error instanceof PointsRefusedError;
      if (!known || (over && !(error instanceof PointsRefusedError))) faults.push(error);
      return 'failed';
    }
  };
  const running = operations.flatMap(({ what, writer, at: after, again }) =>
    (again ? [0, 1] : [0]).map(
      (shift) =>
        new Promise((resolve) => {
          timer.after(after, () => resolve(tried(run(writers[shift === 0 ? writer : writer === 0 ? 1 : 0], what))));
        }),
    ),
  );
  const settled = async (some: readonly Promise<unknown>[]) => {
    let done = false;
    const all = Promise.all(some).finally(() => {
      done = true;
    });
    await timer.until(() => done);
    return all;
  };
  await settled(running);
  over = true;
  // what the storm held back arrives
  let quiet = false;
  timer.after(5000, () => {
    quiet = true;
  });
  await timer.until(() => quiet);
  for (const { what, writer } of operations) await settled([tried(run(writers[writer], what))]);
  return { stored: store.log.stream(pointsStream(anna)), faults };
};

type Writer = { steps: ReturnType<typeof createPointsSteps>; charged: ReturnType<typeof createChargedPoints> };

const run = ({ steps, charged }: Writer, { kind, order, refund, amount }: Operation): Promise<unknown> => {
  const ofOrder = { orderId: orderIdOf(order), userId: anna, pointAmount: amountOfOrder(order), correlationId: 'r' };
  switch (kind) {
    case 'charge':
      return charged.credit({ orderId: chargeIdOf(order), userId: anna, amount: amountOfOrder(order) }, asking);
    case 'hold':
      return steps.hold(ofOrder, asking);
    case 'capture':
      return steps.capture(ofOrder, asking);
    case 'void':
      return steps.void(ofOrder, asking);
    case 'refund':
      return steps.refund(ofOrder, { refundId: refundIdOf(refund), amount: Won.parse(amount) }, asking);
  }
};

/** A command's events lie together, from one append: it took effect at most once. */
const oneEffectEach = (stored: readonly StoredEvent[]): void => {
  const last = new Map<string, bigint>();
  for (const { metadata, revision } of stored) {
    const { commandId } = metadata as { commandId: string };
    const before = last.get(commandId);
    if (before !== undefined) expect(revision).toBe(before + 1n);
    last.set(commandId, revision);
  }
};

describe('points', () => {
  it('balance in double entry after every event of any history', () => {
    fc.assert(
      fc.property(fc.array(operation, { maxLength: 80, size: 'max' }), (operations) => auditPoints(historyOf(anna, operations))),
      { numRuns: DEEP ? 20_000 : 600, seed: SEED },
    );
  });

  it('change nothing when the same is asked again at once', () => {
    fc.assert(
      fc.property(fc.array(operation, { maxLength: 30 }), operation, (operations, last) => {
        const state = fold(points, historyOf(anna, operations));
        const decision = decisionOf(anna, last)(state);
        const after = 'accepted' in decision ? fold(points, decision.accepted, state) : state;
        const again = decisionOf(anna, last)(after);
        expect(again).toEqual('refused' in decision ? decision : { accepted: [] });
      }),
      { numRuns: DEEP ? 20_000 : 600, seed: SEED },
    );
  });

  it('hold at every prefix what two racing writers write in a storm', async () => {
    await fc.assert(
      fc.asyncProperty(scenario, async (played) => {
        const { stored, faults } = await play(played);
        expect(faults).toEqual([]);
        auditPoints(eventsOf(stored));
        oneEffectEach(stored);
      }),
      { numRuns: DEEP ? 2000 : 120, seed: SEED },
    );
  }, 600_000);
});
