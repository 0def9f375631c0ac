import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { type Handled, OutcomeUnknownError } from './command-handler.js';
import { type Decide, fold } from './decider.js';
import type { StoredEvent } from './event-store/port.js';
import type { Snapshot, SnapshotStore } from './serial-writer/types.js';
import { createSerialWriter, type SerialWriter } from './serial-writer.js';
import { createModelStore } from './testing/model-store.js';
import { context, free, type SeatEvent, type Seats, seatCodec, seats, take } from './testing/seats.js';
import { createVirtualClock, type VirtualClock } from './testing/virtual-clock.js';
import { stormy } from './testing/weather.js';

const STREAM = 'inventory-1';
const DEEP = process.env.TIKETI_DEEP === '1';
const RUNS = DEEP ? 4000 : 150;
const SEED = Number(process.env.TIKETI_SEED ?? Date.now() % 2 ** 31);
/** Longer than the longest pause between two resends, so that what the storm left behind is known. */
const CLEARED_MS = 3000;

type Command = {
  readonly at: number;
  readonly writer: 0 | 1;
  readonly kind: 'take' | 'free' | 'throw' | 'restart';
  readonly by: string;
  readonly seats: readonly string[];
  /** Sent again, at once or after its answer was unknown, to this writer. */
  readonly again: 'never' | 'at once' | 'later' | 'when unknown';
};
type Refusal = 'SeatTaken' | 'NotYours';
type Answer = Handled<Seats, SeatEvent, Refusal>;

const seatNames = ['A', 'B', 'C', 'D', 'E', 'F'];
const writerNumber = fc.constantFrom<0 | 1>(0, 1);
const command: fc.Arbitrary<Command> = fc.record({
  at: fc.oneof(
    fc.integer({ min: 0, max: 1500 }),
    fc.integer({ min: 0, max: 30 }).map((step) => step * 50),
  ),
  writer: writerNumber,
  kind: fc.oneof(
    { weight: 12, arbitrary: fc.constant('take' as const) },
    { weight: 8, arbitrary: fc.constant('free' as const) },
    { weight: 1, arbitrary: fc.constant('throw' as const) },
    { weight: 1, arbitrary: fc.constant('restart' as const) },
  ),
  by: fc.constantFrom('x', 'y', 'z'),
  seats: fc.uniqueArray(fc.constantFrom(...seatNames), { minLength: 1, maxLength: 3 }),
  again: fc.constantFrom('never', 'at once', 'later', 'when unknown'),
});
const scenario = fc.record({
  commands: fc.array(command, { minLength: 1, maxLength: 40 }),
  seed: fc.integer({ min: 0, max: 2 ** 31 }),
  badness: fc.constantFrom(0, 0.2, 0.6, 0.9),
  giveUpAfterMs: fc.constantFrom(200, 5000),
  maxCommands: fc.constantFrom(3, 256),
  /** The store calls a conflict what it should recognise as the same attempt again. */
  forgetful: fc.boolean(),
});
type Scenario = typeof scenario extends fc.Arbitrary<infer T> ? T : never;

const decisionOf = (id: string, { kind, by, seats: wanted }: Command): Decide<Seats, SeatEvent, Refusal> => {
  if (kind === 'throw') {
    return () => {
      throw new RangeError('a decision that throws');
    };
  }
  return kind === 'take' ? take(id, by, ...wanted) : free(id, by, wanted[0] ?? 'A');
};

/** Every state the stream has been in so far. */
const createHistory = (events: () => readonly StoredEvent[]) => {
  const states: Seats[] = [seats.initial];
  return (count: number): Seats => {
    const log = events();
    while (states.length <= count) {
      const next = log[states.length - 1];
      if (next === undefined) throw new Error(`the stream has no ${states.length} events`);
      states.push(fold(seats, [{ type: next.type, data: next.data } as SeatEvent], states[states.length - 1]));
    }
    return states[count] ?? seats.initial;
  };
};

const snapshotsInMemory = (): SnapshotStore<Seats> => {
  const rows = new Map<string, Snapshot<Seats>>();
  return {
    foldVersion: 1,
    load: async (stream) => rows.get(stream),
    save: async (stream, snapshot) => {
      if ((rows.get(stream)?.revision ?? -1n) < snapshot.revision) rows.set(stream, snapshot);
    },
    discard: async (stream) => void rows.delete(stream),
  };
};

/** Plays a scenario and checks every answer the moment it is given. */
const play = async ({ commands, seed, badness, giveUpAfterMs, maxCommands, forgetful }: Scenario) => {
  const clock = createVirtualClock();
  let over = false;
  const store = createModelStore(
    clock,
    stormy(seed, badness, () => over),
    { forgetful },
  );
  const log = store.log.stream;
  const stateAfter = createHistory(() => log(STREAM));
  const snapshot = snapshotsInMemory();
  const open = () =>
    createSerialWriter({
      store,
      codec: seatCodec,
      aggregate: seats,
      stream: STREAM,
      giveUpAfterMs,
      maxCommands,
      clock,
      snapshot,
      snapshotEvery: 5,
      snapshotPauseMs: 0,
    });
  const writers: [SerialWriter<Seats, SeatEvent>, SerialWriter<Seats, SeatEvent>] = [open(), open()];
  const closing: Promise<void>[] = [];
  const faults: unknown[] = [];
  let unanswered = 0;

  const memoryIsTheFold = async (writer: SerialWriter<Seats, SeatEvent>) => {
    const { state, revision } = await writer.state();
    expect(state).toEqual(stateAfter(Number(revision ?? -1n) + 1));
  };

  const check = (answer: Answer, id: string, decide: Decide<Seats, SeatEvent, Refusal>, calledAt: number) => {
    const events = log(STREAM);
    if (answer.kind === 'accepted' && answer.events.length > 0) {
      const end = Number(answer.revision) + 1;
      const own = events.slice(end - answer.events.length, end);
      expect(own.map(({ type, data }) => ({ type, data }))).toEqual(answer.events.map(({ type, data }) => ({ type, data })));
      expect(own.every(({ metadata }) => (metadata as { commandId: string }).commandId === id)).toBe(true);
      if (!answer.repeated) expect(answer.state).toEqual(stateAfter(end));
      return;
    }
    const judged = Array.from({ length: events.length - calledAt + 1 }, (_, index) => decide(stateAfter(calledAt + index)));
    expect(judged).toContainEqual(answer.kind === 'refused' ? { refused: answer.refusal } : { accepted: [] });
  };

  const send = async (number: 0 | 1, id: string, item: Command): Promise<void> => {
    unanswered += 1;
    const decide = decisionOf(id, item);
    const calledAt = log(STREAM).length;
    const writer = writers[number];
    try {
      const answer = await writer.submit(decide, context(id));
      check(answer, id, decide, calledAt);
      await memoryIsTheFold(writer);
    } catch (error) {
      if (error instanceof OutcomeUnknownError && (badness > 0 || giveUpAfterMs < 5000)) {
        if (item.again === 'when unknown' && !over) clock.after(50, () => void send(number === 0 ? 1 : 0, id, item));
      } else if (!(item.kind === 'throw' && error instanceof RangeError)) faults.push(error);
    }
    unanswered -= 1;
  };

  for (const [index, item] of commands.entries()) {
    clock.after(item.at, () => {
      if (item.kind === 'restart') {
        closing.push(writers[item.writer].close());
        writers[item.writer] = open();
        return;
      }
      void send(item.writer, `command-${index}`, item);
      const other = item.writer === 0 ? 1 : 0;
      if (item.again === 'at once') void send(other, `command-${index}`, item);
      if (item.again === 'later') clock.after(item.at / 4, () => void send(other, `command-${index}`, item));
    });
  }
  await passed(clock, 4000);
  over = true;
  await clock.until(() => unanswered === 0);
  await passed(clock, CLEARED_MS);

  const answered: unknown[] = [];
  for (const writer of writers) {
    for (const seat of seatNames)
      void writer.submit(free(`last-${seat}`, 'x', seat), context(`last-${seat}`)).then(...both(answered));
  }
  await clock.until(() => answered.length === 2 * seatNames.length, 20_000);
  for (const writer of writers) await memoryIsTheFold(writer);
  for (const writer of writers) closing.push(writer.close());
  let closed = false;
  void Promise.all(closing).then(() => {
    closed = true;
  });
  await clock.until(() => closed);

  expect(faults).toEqual([]);
  expect(answered.filter((answer) => answer instanceof Error)).toEqual([]);
  nothingDoubled(log(STREAM));
};

const passed = async (clock: VirtualClock, ms: number) => {
  const end = clock.now() + ms;
  clock.after(ms, () => undefined);
  await clock.until(() => clock.now() >= end);
};

const both = (list: unknown[]): [(value: unknown) => void, (error: unknown) => void] => [
  (value) => list.push(value),
  (error) => list.push(error),
];

/** No id twice, and each command's events in one place. */
const nothingDoubled = (events: readonly StoredEvent[]) => {
  expect(new Set(events.map(({ id }) => id)).size).toBe(events.length);
  const commands = events.map(({ metadata }) => (metadata as { commandId: string }).commandId);
  const runs = commands.filter((id, index) => id !== commands[index - 1]);
  expect(runs).toEqual([...new Set(runs)]);
};

describe('two serial writers on one stream, in any weather', () => {
  it(
    `acknowledge only what is stored, refuse only what was so, lose and double nothing, go on when it clears (seed ${SEED})`,
    () => fc.assert(fc.asyncProperty(scenario, play), { numRuns: RUNS, seed: SEED }),
    DEEP ? 900_000 : 60_000,
  );
});
