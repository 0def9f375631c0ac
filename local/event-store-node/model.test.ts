import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { Follower } from './testing/follower.js';
import { collect, noted, type RunningNode, runNode, UNARY } from './testing/running-node.js';
import { type Expected, type ModelAnswer, StoreModel } from './testing/store-model.js';

const DEEP = process.env.TIKETI_DEEP === '1';
const RUNS = DEEP ? 150 : 12;
const STREAMS = 3;

/** A few ids, so that repeats happen; the rest of each run's ids are its own. */
const idOf = (n: number): string => `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`;

const expectedKind = fc.oneof(
  fc.constantFrom('any' as const, 'no_stream' as const, 'stream_exists' as const),
  // a revision relative to the current one, which the run works out
  fc.integer({ min: -3, max: 1 }),
);
const stream = fc.nat(STREAMS - 1);
const action = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      do: fc.constant('append' as const),
      stream,
      expected: expectedKind,
      ids: fc.array(fc.nat(14), { maxLength: 3 }),
      unary: fc.boolean(),
    }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('delete' as const), stream, expected: expectedKind }) },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('metadata' as const),
      stream,
      metadata: fc.oneof(fc.record({ maxCount: fc.integer({ min: 1, max: 4 }) }), fc.record({ truncateBefore: fc.nat(5) })),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('read' as const),
      stream,
      from: fc.nat(6),
      count: fc.integer({ min: 1, max: 5 }),
      backwards: fc.boolean(),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('tombstone' as const), stream, expected: expectedKind }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('restart' as const) }) },
);
type Action = typeof action extends fc.Arbitrary<infer A> ? A : never;

const answerOf = async (
  work: Promise<{ nextExpectedRevision?: bigint }>,
  withRevision: boolean,
): Promise<ModelAnswer | string> => {
  try {
    const result = await work;
    return { ok: withRevision ? Number(result.nextExpectedRevision) : -1 };
  } catch (error) {
    return error instanceof Error && 'type' in error ? String(error.type) : String(error);
  }
};

const idsOf = async (read: AsyncIterable<{ event?: { id: string } }>): Promise<string[] | string> => {
  try {
    const ids: string[] = [];
    for await (const { event } of read) ids.push(event?.id ?? '');
    return ids;
  } catch (error) {
    return error instanceof Error && 'type' in error ? String(error.type) : String(error);
  }
};

/** One run: each action goes to the node and to the model, and the answers must agree. */
const runActions = async (running: RunningNode, run: string, actions: readonly Action[]): Promise<void> => {
  const follower = new Follower(running, `${run}-`);
  try {
    await compare(running, run, actions, follower);
  } finally {
    await follower.stop();
  }
};

const compare = async (running: RunningNode, run: string, actions: readonly Action[], follower: Follower): Promise<void> => {
  const model = new StoreModel();
  const id = (n: number): string => `${run}${idOf(n).slice(8)}`;
  const resolve = (name: string, kind: Expected | number): Expected => {
    if (typeof kind !== 'number') return kind;
    const revision = model.last(name) + kind;
    return revision < 0 ? 'no_stream' : BigInt(revision);
  };
  for (const each of actions) {
    const name = each.do === 'restart' ? '' : `${run}-${each.stream}`;
    if (each.do === 'restart') {
      await running.restart();
      model.restart();
    } else if (each.do === 'append') {
      const ids = [...new Set(each.ids)].map(id);
      const expectedRevision = resolve(name, each.expected);
      const events = ids.map((own) => noted(1, own));
      const work = running.client.appendToStream(name, events, { expectedRevision, ...(each.unary ? UNARY : {}) });
      expect(await answerOf(work, ids.length > 0)).toEqual(
        ids.length > 0 ? model.append(name, expectedRevision, ids) : flat(model.append(name, expectedRevision, ids)),
      );
    } else if (each.do === 'delete' || each.do === 'tombstone') {
      const kind = resolve(name, each.expected);
      // the client's delete calls cannot say stream_exists
      const expectedRevision = kind === 'stream_exists' ? 'any' : kind;
      const soft = each.do === 'delete';
      const work = soft
        ? running.client.deleteStream(name, { expectedRevision })
        : running.client.tombstoneStream(name, { expectedRevision });
      expect(await answerOf(work as Promise<object>, false)).toEqual(
        soft ? model.softDelete(name, expectedRevision) : model.tombstone(name, expectedRevision),
      );
    } else if (each.do === 'metadata') {
      expect(await answerOf(running.client.setStreamMetadata(name, each.metadata), false)).toEqual(
        model.setMetadata(name, each.metadata),
      );
    } else {
      const options = { maxCount: each.count, direction: each.backwards ? ('backwards' as const) : ('forwards' as const) };
      expect(await idsOf(running.client.readStream(name, { ...options, fromRevision: BigInt(each.from) }))).toEqual(
        expectedRead(model, name, each),
      );
    }
  }
  for (let n = 0; n < STREAMS; n += 1)
    expect(await idsOf(running.client.readStream(`${run}-${n}`))).toEqual(model.read(`${run}-${n}`));
  const all = (await collect(running.client.readAll())).flatMap(({ event }) =>
    event?.streamId.startsWith(`${run}-`) && event.type === 'Noted' ? [event] : [],
  );
  const written = model.log.map((event) => [event.id, event.stream, event.revision]);
  expect(all.map((event) => [event.id, event.streamId, Number(event.revision)])).toEqual(written);
  await follower.until(written.length);
  expect(follower.seen).toEqual(written);
};

const flat = (answer: ModelAnswer): ModelAnswer => (typeof answer === 'object' ? { ok: -1 } : answer);

const expectedRead = (
  model: StoreModel,
  name: string,
  read: { from: number; count: number; backwards: boolean },
): string[] | string => {
  const visible = model.read(name);
  if (typeof visible === 'string') return visible;
  const first = model.last(name) + 1 - visible.length;
  const wanted = visible.filter((_, index) => (read.backwards ? first + index <= read.from : first + index >= read.from));
  return read.backwards ? wanted.reverse().slice(0, read.count) : wanted.slice(0, read.count);
};

describe('the node against a model of the written rules', () => {
  it(
    'answers any sequence of appends, deletes, metadata, reads and restarts as the model does',
    async () => {
      const running = await runNode();
      let run = 0;
      try {
        await fc.assert(
          fc.asyncProperty(fc.array(action, { minLength: 5, maxLength: 40 }), async (actions) => {
            run += 1;
            await runActions(running, run.toString(16).padStart(8, '0'), actions);
          }),
          { numRuns: RUNS },
        );
      } finally {
        await running.stop();
      }
    },
    DEEP ? 300_000 : 60_000,
  );
});
