import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { createCommandHandler, loadStream, OutcomeUnknownError } from './command-handler.js';
import { type AppendAttempt, StoreRefusedError, StoreUnavailableError } from './event-store/port.js';
import { createRememberedStreams } from './remembered-streams.js';
import { CorruptStreamError } from './stream-reading.js';
import { type AppendWeather, createModelStore } from './testing/model-store.js';
import { context, free, type Seats, seatCodec, seats, take } from './testing/seats.js';
import { createVirtualClock } from './testing/virtual-clock.js';
import { prepareEvents } from './to-append.js';

const STREAM = 'inventory-1';
const LOST: AppendWeather = { landsAfterMs: undefined, hears: { unknownAfterMs: 5 } };
const UNACKNOWLEDGED: AppendWeather = { landsAfterMs: 0, hears: { unknownAfterMs: 5 } };
const FAIR: AppendWeather = { landsAfterMs: 0, hears: 'truth' };

/** A store whose appends meet this weather in turn, then fair weather. */
const setUp = (...weather: AppendWeather[]) => {
  const clock = createVirtualClock();
  const attempts: AppendAttempt[] = [];
  let readable = true;
  const store = createModelStore(clock, {
    append: (attempt) => {
      attempts.push(attempt);
      return weather.shift() ?? FAIR;
    },
    read: () => ({ delayMs: 0, shows: 'end', breaksAfter: readable ? undefined : 0 }),
  });
  const handle = createCommandHandler({ store, codec: seatCodec, aggregate: seats, clock });
  const finish = async <T>(call: Promise<T>): Promise<T> => {
    let over = false;
    const end = () => {
      over = true;
    };
    call.then(end, end);
    await clock.until(() => over);
    return call;
  };
  return {
    attempts,
    store,
    stopReads: () => {
      readable = false;
    },
    others: (id: string, decide: ReturnType<typeof take>) => {
      const revision = BigInt(store.log.stream(STREAM).length) - 1n;
      const decision = decide(seats.initial);
      if ('refused' in decision) throw new Error('refused');
      store.log.append({
        stream: STREAM,
        expected: revision < 0n ? 'no_stream' : revision,
        events: prepareEvents(decision.accepted, seatCodec, context(id)),
      });
    },
    run: <R>(decide: Parameters<typeof handle<R>>[1], id: string) => finish(handle(STREAM, decide, context(id))),
  };
};

describe('the command handler', () => {
  it('appends what was decided at the revision it was decided on', async () => {
    const { run, attempts, store } = setUp();
    const first = await run(take('c1', 'me', 'A', 'B'), 'c1');
    const second = await run(free('c2', 'me', 'A'), 'c2');
    expect(attempts.map(({ expected }) => expected)).toEqual(['no_stream', 1n]);
    expect(first).toMatchObject({
      kind: 'accepted',
      revision: 1n,
      repeated: false,
      state: { holders: new Map(Object.entries({ A: 'me', B: 'me' })) },
    });
    expect(second).toMatchObject({ events: [{ type: 'SeatFreed', data: { seat: 'A', by: 'me', command: 'c2' } }], revision: 2n });
    expect(second).toMatchObject({ position: store.log.events[2]?.position });
  });

  it('answers a refusal and appends nothing', async () => {
    const { run, attempts } = setUp();
    await run(take('c1', 'you', 'A'), 'c1');
    expect(await run(take('c2', 'me', 'A'), 'c2')).toMatchObject({ kind: 'refused', refusal: 'SeatTaken' });
    expect(attempts).toHaveLength(1);
  });

  it('answers a repeated command id from the stream without deciding again', async () => {
    const { run, store } = setUp();
    const first = await run(take('c1', 'me', 'A'), 'c1');
    await run(free('c2', 'me', 'A'), 'c2');
    const again = await run(() => {
      throw new Error('decided again');
    }, 'c1');
    expect(again).toMatchObject({ kind: 'accepted', events: [{ data: { seat: 'A' } }], revision: 0n, repeated: true });
    expect(again).toMatchObject({ position: 'position' in first ? first.position : undefined, state: { holders: new Map() } });
    expect(store.log.events).toHaveLength(2);
  });

  it('answers what was done already with no events, at the place it was judged at', async () => {
    const { run } = setUp();
    expect(await run(free('c0', 'me', 'A'), 'c0')).toMatchObject({
      events: [],
      revision: -1n,
      position: undefined,
      repeated: true,
    });
    await run(take('c1', 'me', 'A'), 'c1');
    expect(await run(take('c2', 'me', 'A'), 'c2')).toMatchObject({ events: [], revision: 0n, repeated: true });
  });

  it('resends the identical attempt while the outcome is unknown', async () => {
    const { run, attempts, store } = setUp(LOST, UNACKNOWLEDGED);
    expect(await run(take('c1', 'me', 'A'), 'c1')).toMatchObject({ kind: 'accepted', revision: 0n, repeated: false });
    expect(attempts).toHaveLength(3);
    expect(new Set(attempts).size).toBe(1);
    expect(store.log.events).toHaveLength(1);
  });

  it('decides anew after another came first', async () => {
    const set = setUp({ landsAfterMs: 10, hears: 'truth' });
    const call = set.run(take('c1', 'me', 'A', 'B'), 'c1');
    set.others('c0', take('c0', 'you', 'B'));
    expect(await call).toMatchObject({ kind: 'refused', refusal: 'SeatTaken' });
  });

  it('finds its own command in what came first', async () => {
    const set = setUp({ landsAfterMs: 10, hears: 'truth' });
    const call = set.run(take('c1', 'me', 'A'), 'c1');
    set.others('c0', take('c0', 'you', 'B'));
    set.others('c1', take('c1', 'me', 'A'));
    expect(await call).toMatchObject({ kind: 'accepted', revision: 1n, repeated: true });
    expect(set.store.log.events).toHaveLength(2);
  });

  it('gives up on an outcome that stays unknown', async () => {
    const { run } = setUp(...Array.from({ length: 200 }, () => LOST));
    await expect(run(take('c1', 'me', 'A'), 'c1')).rejects.toThrow(OutcomeUnknownError);
  });

  it('does not take a refused resend for the outcome of what was sent before', async () => {
    const { run, store } = setUp(UNACKNOWLEDGED);
    const { append } = store.log;
    let landed = false;
    Object.assign(store.log, {
      append: (attempt: AppendAttempt) => {
        if (landed) throw new StoreRefusedError('denied');
        landed = true;
        return append(attempt);
      },
    });
    await expect(run(take('c1', 'me', 'A'), 'c1')).rejects.toThrow(OutcomeUnknownError);
  });

  it('says that nothing was sent when the stream cannot be read', async () => {
    const { run, stopReads } = setUp();
    stopReads();
    await expect(run(take('c1', 'me', 'A'), 'c1')).rejects.toThrow(StoreUnavailableError);
  });

  it('does not decide on a stream it cannot read in full', async () => {
    const { run, store } = setUp();
    const [event] = prepareEvents([{ type: 'SeatTaken', data: { seat: 1 } }], seatCodec, context('c0'));
    store.log.append({ stream: STREAM, expected: 'no_stream', events: event === undefined ? [] : [event] });
    await expect(run(take('c1', 'me', 'A'), 'c1')).rejects.toThrow(CorruptStreamError);
  });

  it('loads a stream for a query', async () => {
    const { run, store } = setUp();
    await run(take('c1', 'me', 'A', 'B'), 'c1');
    const loaded = await loadStream({ store, codec: seatCodec, aggregate: seats }, STREAM);
    expect(loaded).toMatchObject({ revision: 1n, lastPosition: store.log.events[1]?.position });
    expect([...loaded.state.holders.keys()]).toEqual(['A', 'B']);
  });
});

describe('the command handler with a memory', () => {
  const withMemory = (most = 10) => {
    let reads = 0;
    const attempts: AppendAttempt[] = [];
    const store = createModelStore(undefined, {
      append: (attempt) => {
        attempts.push(attempt);
        return FAIR;
      },
      read: () => {
        reads += 1;
        return { delayMs: 0, shows: 'end', breaksAfter: undefined };
      },
    });
    const replica = () => {
      const memory = createRememberedStreams<Seats>(most);
      const handle = createCommandHandler({ store, codec: seatCodec, aggregate: seats, memory, mostlyNew: true });
      return <R>(decide: Parameters<typeof handle<R>>[1], id: string, stream = STREAM) => handle(stream, decide, context(id));
    };
    return { store, replica, attempts, reads: () => reads };
  };

  it('reads nothing before what it accepts on what it wrote itself', async () => {
    const { replica, attempts, reads } = withMemory();
    const run = replica();
    await run(take('c1', 'me', 'A'), 'c1');
    const second = await run(take('c2', 'me', 'B'), 'c2');
    expect(second).toMatchObject({
      revision: 1n,
      repeated: false,
      state: { holders: new Map(Object.entries({ A: 'me', B: 'me' })) },
    });
    expect(attempts.map(({ expected }) => expected)).toEqual(['no_stream', 0n]);
    expect(reads()).toBe(0);
  });

  it('refuses, and answers repeats, only by what it reads', async () => {
    const { replica, reads } = withMemory();
    const [here, there] = [replica(), replica()];
    await here(take('c1', 'you', 'A'), 'c1');
    await there(free('c2', 'you', 'A'), 'c2');
    expect(await here(take('c3', 'me', 'A'), 'c3')).toMatchObject({ kind: 'accepted', revision: 2n });
    expect(await there(take('c1', 'you', 'A'), 'c1')).toMatchObject({ repeated: true, revision: 0n, state: { events: 3 } });
    expect(await there(take('c4', 'you', 'A'), 'c4')).toMatchObject({ kind: 'refused', state: { events: 3 } });
    expect(reads()).toBeGreaterThan(2);
  });

  it('decides anew on what it reads where another came first', async () => {
    const { replica, store } = withMemory();
    const [here, there] = [replica(), replica()];
    await here(take('c1', 'me', 'A'), 'c1');
    await there(take('c2', 'you', 'B'), 'c2');
    expect(await here(take('c3', 'me', 'B'), 'c3')).toMatchObject({ kind: 'refused', refusal: 'SeatTaken' });
    expect(await here(take('c4', 'me', 'C'), 'c4')).toMatchObject({ revision: 2n });
    expect(store.log.events).toHaveLength(3);
  });

  it('forgets the streams used longest ago', () => {
    const memory = createRememberedStreams<number>(2);
    for (const [n, stream] of ['a', 'b', 'a', 'c'].entries()) memory.keep(stream, { state: n, revision: 0n, commandIds: [] });
    expect(['a', 'b', 'c'].map((stream) => memory.recall(stream)?.state)).toEqual([2, undefined, 3]);
    memory.forget('c');
    expect(memory.recall('c')).toBeUndefined();
  });

  it('answers whatever several replicas are asked as one without a memory would', async () => {
    const letters = fc.constantFrom('A', 'B', 'C');
    const who = fc.constantFrom('me', 'you');
    const commands = fc.array(
      fc.record({
        replica: fc.nat(2),
        id: fc.nat(11),
        by: who,
        seat: letters,
        takes: fc.boolean(),
        stream: fc.constantFrom('s-1', 's-2', 's-3'),
      }),
      { maxLength: 40 },
    );
    await fc.assert(
      fc.asyncProperty(commands, async (asked) => {
        const tried = withMemory(2);
        const replicas = [tried.replica(), tried.replica(), tried.replica()];
        const plain = createCommandHandler({ store: createModelStore(), codec: seatCodec, aggregate: seats });
        const firstAnswers = new Map<string, object>();
        for (const { replica, id, by, seat, takes, stream } of asked) {
          const command = `${stream}-${id}`;
          const decide = takes ? take(command, by, seat) : free(command, by, seat);
          const run = replicas[replica];
          const { position: _, ...got } = { position: undefined, ...(await run?.(decide, command, stream)) };
          const { position: __, ...due } = { position: undefined, ...(await plain(stream, decide, context(command))) };
          const [told, wanted] = [got, due].map((handled) => ({ ...handled, events: kindsOf(handled) }));
          // the store took the very same events for the ones it has: the repeat is told what the first was
          const asAtFirst = isRepeat(due) && !isRepeat(got) ? firstAnswers.get(command) : undefined;
          expect(told).toEqual(asAtFirst ?? wanted);
          if (!firstAnswers.has(command) && told !== undefined && !isRepeat(due)) firstAnswers.set(command, told);
        }
      }),
      { numRuns: process.env.TIKETI_DEEP === '1' ? 2000 : 100 },
    );
  });
});

const isRepeat = (handled: object): boolean => 'repeated' in handled && handled.repeated === true;

const kindsOf = (handled: object): unknown =>
  'events' in handled && Array.isArray(handled.events) ? handled.events.map(({ type, data }) => ({ type, data })) : undefined;
