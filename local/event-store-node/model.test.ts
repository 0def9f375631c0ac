import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { Follower } from './testing/follower.js';
import { ask, explained, type Operation, perform } from './testing/model-operations.js';
import { collect, noted, type RunningNode, runNode } from './testing/running-node.js';
import { type Expected, StoreModel } from './testing/store-model.js';

const DEEP = process.env.TIKETI_DEEP === '1';
const RUNS = DEEP ? 300 : 25;
const LIMIT_MS = DEEP ? 600_000 : 60_000;
/** No run begins after this, so that a slow machine tries fewer, and shrinking what failed comes to an end. */
const BUDGET_MS = LIMIT_MS - 30_000;
/** Far more than the node takes for anything: what has not ended by then never will. */
const HUNG_MS = 10_000;
const SEED = Number(process.env.TIKETI_SEED ?? Date.now() % 2 ** 31);
const STREAMS = 2;

const expected = fc.oneof(
  fc.constantFrom('any' as const, 'no_stream' as const, 'stream_exists' as const),
  // relative to the revision the stream should be at by then: stale, right or ahead
  fc.constantFrom(-3, -2, -1, -1, 0, 0, 0, 1, 2),
);
// few ids, so that repeats happen, of whole appends and of parts
const ids = fc.array(fc.nat(19), { maxLength: 4 });
const maxCount = fc.integer({ min: 1, max: 4 });
const metadata = fc.oneof(fc.record({ maxCount }), fc.record({ truncateBefore: fc.nat(5) }));
const drawn = <D extends string, M extends object>(weight: number, kind: D, more: fc.Arbitrary<M>) => ({
  weight,
  arbitrary: fc.tuple(fc.nat(STREAMS - 1), more).map(([stream, rest]) => ({ do: kind, stream, ...rest })),
});
const share = fc.constantFrom('whole' as const, 'first part' as const, 'and more' as const);
const draft = fc.oneof(
  drawn(12, 'append', fc.record({ expected, ids, unary: fc.boolean() })),
  // one of the appends made so far, by how many ago
  drawn(6, 'repeat', fc.record({ back: fc.nat(4), share, unary: fc.boolean() })),
  drawn(3, 'delete', fc.record({ expected })),
  drawn(4, 'metadata', fc.record({ metadata })),
  drawn(8, 'read', fc.record({ from: fc.nat(6), count: fc.integer({ min: 1, max: 5 }), backwards: fc.boolean() })),
  drawn(6, 'subscribe', fc.record({ after: fc.integer({ min: -1, max: 5 }) })),
  drawn(1, 'tombstone', fc.record({ expected })),
);
type Draft = typeof draft extends fc.Arbitrary<infer D> ? D : never;

/** Calls under way together, none awaited before the next, and whether the follower leaves meanwhile; or a restart. */
const drafts = fc.array(draft, { minLength: 1, maxLength: 4 });
const step = fc.oneof(
  { weight: 10, arbitrary: fc.record({ drafts, leaves: fc.boolean() }) },
  { weight: 1, arbitrary: fc.constant('restart' as const) },
);
type Step = typeof step extends fc.Arbitrary<infer S> ? S : never;

type Append = Operation & { readonly do: 'append' };

const appendOf = (run: string, stream: string, at: Expected, ids: readonly number[], unary: boolean): Append => {
  const own = [...new Set(ids)].map((n) => `${run}-0000-4000-8000-${String(n).padStart(12, '0')}`);
  return { do: 'append', stream, expected: at, ids: own, unary };
};

const repeatOf = (each: Draft & { do: 'repeat' }, run: string, made: readonly Append[]): Append => {
  const earlier = made.at(-1 - each.back) ?? appendOf(run, `${run}-${each.stream}`, 'no_stream', [0, 1], each.unary);
  const { ids: before } = earlier;
  const more = `${run}-0000-4000-8000-${'9'.repeat(12)}`;
  const shares = { whole: before, 'first part': before.slice(0, -1), 'and more': [...before, more] };
  return { ...earlier, unary: each.unary, ids: shares[each.share] };
};

const operationOf = (run: string, model: StoreModel, each: Draft, made: readonly Append[]): Operation => {
  const stream = `${run}-${each.stream}`;
  const revisionOf = (kind: Expected | number): Expected => {
    if (typeof kind !== 'number') return kind;
    const revision = model.last(stream) + kind;
    return revision < 0 ? 'no_stream' : BigInt(revision);
  };
  if (each.do === 'repeat') return repeatOf(each, run, made);
  if (each.do === 'append') return appendOf(run, stream, revisionOf(each.expected), each.ids, each.unary);
  if (each.do !== 'delete' && each.do !== 'tombstone') return { ...each, stream };
  const revision = revisionOf(each.expected);
  // the client's delete calls cannot say stream_exists
  return { ...each, stream, expected: revision === 'stream_exists' ? 'any' : revision };
};

/** The drafts as calls, their revisions worked out as though each had been made after the one before. */
const operationsOf = (run: string, model: StoreModel, drafted: readonly Draft[], made: Append[]): Operation[] => {
  const ahead = model.copy();
  return drafted.map((each) => {
    const operation = operationOf(run, ahead, each, made);
    if (operation.do === 'append') made.push(operation);
    perform(ahead, operation);
    return operation;
  });
};

/** Fails where the work hangs: a lost answer or wake-up must not pass for a slow machine. */
const ended = async <T>(what: string, work: Promise<T>): Promise<T> => {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${what} did not end in ${HUNG_MS} ms`)), HUNG_MS);
  });
  return Promise.race([work, late]).finally(() => clearTimeout(timer));
};

const told = (value: unknown) => JSON.stringify(value, (_, each: unknown) => (typeof each === 'bigint' ? `${each}n` : each));

/** All steps, each made of the node and of every model still possible. Fails where none is left. */
const played = async (running: RunningNode, run: string, steps: readonly Step[], follower: Follower): Promise<StoreModel[]> => {
  const made: Append[] = [];
  let models: readonly StoreModel[] = [new StoreModel()];
  for (const each of steps) {
    const [model] = models;
    if (model === undefined) break;
    if (each === 'restart') {
      await ended('a restart', running.restart());
      // opens the client's batch stream, so that what follows leaves in order
      await running.client.appendToStream('opened', noted(0));
      for (const possible of models) possible.restart();
    } else {
      const { client } = running;
      const underWay = operationsOf(run, model, each.drafts, made).map((operation) => ask(client, operation));
      if (each.leaves) await ended('leaving', follower.interrupt());
      const done = await ended(told(each.drafts), Promise.all(underWay));
      const next = explained(models, done);
      if (next.length === 0) throw new Error(`no order explains ${told(done)} after ${told(model.log)}`);
      models = next;
    }
  }
  return [...models];
};

const compare = async (running: RunningNode, run: string, steps: readonly Step[], follower: Follower): Promise<void> => {
  const models = await played(running, run, steps, follower);
  const reading = Promise.all(
    Array.from({ length: STREAMS }, (_, n) =>
      ask(running.client, { do: 'read', stream: `${run}-${n}`, from: 0, count: 1000, backwards: false }),
    ),
  );
  const reads = await ended('a read', reading);
  const all = (await ended('a read of all', collect(running.client.readAll()))).flatMap(({ event }) =>
    event?.streamId.startsWith(`${run}-`) && event.type === 'Noted' ? [event] : [],
  );
  const stored = all.map((event) => ({ id: event.id, stream: event.streamId, revision: Number(event.revision) }));
  expect(explained(models, reads).map(({ log }) => log)).toContainEqual(stored);
  await follower.until(stored.length);
  expect(follower.seen).toEqual(stored.map(({ id, stream, revision }) => [id, stream, revision]));
};

describe('the node against a model of the written rules', () => {
  it(
    `answers appends, deletes, metadata, reads and subscriptions, up to four under way at once, as some order of them would be (seed ${SEED})`,
    async () => {
      const running = await runNode();
      await running.client.appendToStream('opened', noted(0));
      const stopAt = performance.now() + BUDGET_MS;
      let runs = 0;
      const run = async (steps: readonly Step[]) => {
        if (performance.now() > stopAt) return;
        runs += 1;
        const name = runs.toString(16).padStart(8, '0');
        const follower = new Follower(running, `${name}-`);
        await compare(running, name, steps, follower).finally(() => ended('the follower', follower.stop()));
      };
      try {
        const property = fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 30, size: 'max' }), run);
        await fc.assert(property, { numRuns: RUNS, seed: SEED });
        expect(runs).toBeGreaterThan(0);
      } finally {
        await ended('the node', running.stop());
      }
    },
    LIMIT_MS,
  );
});
