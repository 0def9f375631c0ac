import { describe, expect, it } from '@jest/globals';
import { createCommandHandler, loadStream, OutcomeUnknownError } from './command-handler.js';
import { type AppendAttempt, StoreRefusedError, StoreUnavailableError } from './event-store/port.js';
import { CorruptStreamError } from './stream-reading.js';
import { type AppendWeather, createModelStore } from './testing/model-store.js';
import { context, free, seatCodec, seats, take } from './testing/seats.js';
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
