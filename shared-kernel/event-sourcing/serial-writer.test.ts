import { describe, expect, it } from '@jest/globals';
import { OutcomeUnknownError } from './command-handler.js';
import { type Decide, fold } from './decider.js';
import { type AppendAttempt, StoreRefusedError } from './event-store/port.js';
import type { Snapshot, WriterDeps, WriterObservation } from './serial-writer/types.js';
import { createSerialWriter } from './serial-writer.js';
import { CorruptStreamError } from './stream-reading.js';
import { type AppendWeather, createModelStore } from './testing/model-store.js';
import { context, free, type SeatEvent, type Seats, seatCodec, seats, take } from './testing/seats.js';
import { createVirtualClock } from './testing/virtual-clock.js';
import { prepareEvents } from './to-append.js';

const STREAM = 'inventory-1';
const SLOW: AppendWeather = { landsAfterMs: 10, hears: 'truth' };
const LOST: AppendWeather = { landsAfterMs: undefined, hears: { unknownAfterMs: 5 } };
const UNACKNOWLEDGED: AppendWeather = { landsAfterMs: 1, hears: { unknownAfterMs: 5 } };

const setUp = (more: Partial<WriterDeps<Seats, SeatEvent>> = {}, weather: AppendWeather[] = []) => {
  const clock = createVirtualClock();
  const attempts: AppendAttempt[] = [];
  const seen: WriterObservation[] = [];
  const reads = { count: 0 };
  const store = createModelStore(clock, {
    append: (attempt) => {
      attempts.push(attempt);
      return weather.shift() ?? SLOW;
    },
    read: () => {
      reads.count += 1;
      return { delayMs: 3, shows: 'start', breaksAfter: undefined };
    },
  });
  const deps: WriterDeps<Seats, SeatEvent> = {
    store,
    codec: seatCodec,
    aggregate: seats,
    stream: STREAM,
    clock,
    observe: (observation) => seen.push(observation),
    ...more,
  };
  const writer = createSerialWriter(deps);
  const finish = async <T>(call: Promise<T>): Promise<T> => {
    let over = false;
    const end = () => {
      over = true;
    };
    call.then(end, end);
    await clock.until(() => over);
    return call;
  };
  /** Another replica appends. */
  const others = (id: string, decide: Decide<Seats, SeatEvent, string>) => {
    const events = store.log.stream(STREAM);
    const state = fold(
      seats,
      events.map(({ type, data }) => ({ type, data }) as SeatEvent),
    );
    const decision = decide(state);
    if ('refused' in decision) throw new Error('refused');
    store.log.append({
      stream: STREAM,
      expected: events.length === 0 ? 'no_stream' : BigInt(events.length - 1),
      events: prepareEvents(decision.accepted, seatCodec, context(id)),
    });
  };
  return {
    attempts,
    clock,
    deps,
    finish,
    others,
    reads,
    seen,
    store,
    weather,
    writer,
    hold: (id: string, by: string, ...wanted: string[]) => writer.submit(take(id, by, ...wanted), context(id)),
    release: (id: string, by: string, seat: string) => writer.submit(free(id, by, seat), context(id)),
  };
};

describe('the serial writer', () => {
  it('appends together what came while the last append was in flight', async () => {
    const { hold, finish, attempts, seen } = setUp();
    const first = hold('c1', 'me', 'A');
    const rest = first.then(() => undefined);
    const later = Array.from({ length: 10 }, (_, index) => hold(`d${index}`, 'me', `B${index}`));
    await finish(Promise.all([rest, ...later]));
    expect(attempts.map(({ events }) => events.length)).toEqual([11]);
    const more = Array.from({ length: 5 }, (_, index) => hold(`e${index}`, 'me', `C${index}`));
    const answers = await finish(Promise.all(more));
    expect(attempts.map(({ expected }) => expected)).toEqual(['no_stream', 10n]);
    expect(answers.map((answer) => answer.kind === 'accepted' && answer.revision)).toEqual([11n, 12n, 13n, 14n, 15n]);
    expect(seen).toContainEqual({ kind: 'appended', commands: 5, events: 5, milliseconds: 10 });
  });

  it('keeps an append within its commands and its bytes', async () => {
    const few = setUp({ maxCommands: 4 });
    await few.finish(Promise.all(Array.from({ length: 10 }, (_, index) => few.hold(`c${index}`, 'me', `A${index}`))));
    expect(few.attempts.map(({ events }) => events.length)).toEqual([4, 4, 2]);
    const small = setUp({ maxBytes: 2500 });
    await small.finish(Promise.all(Array.from({ length: 10 }, (_, index) => small.hold(`c${index}`, 'me', `A${index}`))));
    expect(small.attempts.map(({ events }) => events.length)).toEqual([4, 4, 2]);
  });

  it('decides each command on the state the ones before it will leave', async () => {
    const { hold, release, finish, attempts } = setUp();
    const answers = finish(
      Promise.all([
        hold('c1', 'me', 'A'),
        hold('c2', 'us', 'A'),
        release('c3', 'me', 'A'),
        hold('c4', 'you', 'A'),
        hold('c5', 'you', 'A'),
        hold('c6', 'them', 'A'),
      ]),
    );
    expect((await answers).map((answer) => (answer.kind === 'refused' ? answer.refusal : answer.events.length))).toEqual([
      1,
      'SeatTaken',
      1,
      1,
      0,
      'SeatTaken',
    ]);
    expect(attempts).toHaveLength(1);
  });

  it('fails only the command whose decision throws', async () => {
    const { hold, writer, finish } = setUp();
    const broken = writer.submit(() => {
      throw new RangeError('a bug');
    }, context('c2'));
    const answers = finish(Promise.allSettled([hold('c1', 'me', 'A'), broken, hold('c3', 'me', 'B')]));
    expect((await answers).map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
  });

  it('answers a command that comes twice once it is stored, and stores it once', async () => {
    const { hold, finish, store } = setUp();
    const [first, second] = await finish(Promise.all([hold('c1', 'me', 'A'), hold('c1', 'me', 'A')]));
    expect(first).toMatchObject({ events: [{ data: { seat: 'A' } }], repeated: false, revision: 0n });
    expect(second).toMatchObject({ events: [{ data: { seat: 'A' } }], repeated: true, revision: 0n });
    expect(await finish(hold('c1', 'me', 'A'))).toMatchObject({ repeated: true, revision: 0n });
    expect(store.log.events).toHaveLength(1);
  });

  describe('before it refuses', () => {
    it('reads the tail, once for all who wait', async () => {
      const { hold, finish, reads } = setUp();
      await finish(hold('c1', 'me', 'A'));
      const before = reads.count;
      const answers = await finish(Promise.all([hold('c2', 'you', 'A'), hold('c3', 'them', 'A'), hold('c4', 'me', 'A')]));
      expect(answers.map(({ kind }) => kind)).toEqual(['refused', 'refused', 'accepted']);
      expect(reads.count).toBe(before + 1);
    });

    it('takes in what another writer did meanwhile and decides anew', async () => {
      const { hold, finish, others } = setUp();
      await finish(hold('c1', 'me', 'A'));
      others('c2', free('c2', 'me', 'A'));
      expect(await finish(hold('c3', 'you', 'A'))).toMatchObject({ kind: 'accepted', revision: 2n });
    });

    it('does not take its append for proof, which another writer may have stored long before', async () => {
      const { hold, finish, others } = setUp();
      await finish(hold('c0', 'me', 'Z'));
      others('c1', take('c1', 'me', 'A'));
      others('c2', free('c2', 'me', 'Z'));
      const [repeat, held] = await finish(Promise.all([hold('c1', 'me', 'A'), hold('c3', 'you', 'Z')]));
      expect(repeat).toMatchObject({ kind: 'accepted', revision: 1n });
      expect(held).toMatchObject({ kind: 'accepted', revision: 3n });
    });

    it('decides once more on what its own group has left behind', async () => {
      const { hold, release, finish, attempts } = setUp();
      await finish(hold('c0', 'me', 'A'));
      const [refused, freed] = await finish(Promise.all([hold('c1', 'you', 'A'), release('c2', 'me', 'A')]));
      expect(freed).toMatchObject({ kind: 'accepted', revision: 1n });
      expect(refused).toMatchObject({ kind: 'accepted', revision: 2n });
      expect(attempts).toHaveLength(3);
    });
  });

  describe('while an outcome is unknown', () => {
    it('resends the identical attempt and lets the others wait', async () => {
      const { hold, finish, attempts, store } = setUp({}, [LOST, UNACKNOWLEDGED]);
      const first = hold('c1', 'me', 'A');
      const [answer, other] = await finish(Promise.all([first, first.then(() => hold('c2', 'me', 'B')), hold('c3', 'me', 'C')]));
      expect(answer).toMatchObject({ kind: 'accepted', revision: 0n, repeated: false });
      expect(other).toMatchObject({ kind: 'accepted', revision: 2n });
      expect(attempts.slice(0, 3).every((attempt) => attempt.events === attempts[0]?.events)).toBe(true);
      expect(store.log.events).toHaveLength(3);
    });

    it('tells the callers so after a while, goes on resending, and then goes on', async () => {
      const { hold, finish, attempts, clock, weather, store } = setUp();
      weather.push(...Array.from({ length: 1000 }, () => LOST));
      const first = hold('c1', 'me', 'A');
      await clock.until(() => attempts.length > 3);
      const second = hold('c2', 'me', 'B');
      await expect(finish(first)).rejects.toThrow(OutcomeUnknownError);
      expect(clock.now()).toBeLessThan(5100);
      await expect(finish(second)).rejects.toThrow(OutcomeUnknownError);
      weather.length = 0;
      await clock.until(() => store.log.events.length === 1);
      expect(await finish(hold('c1', 'me', 'A'))).toMatchObject({ kind: 'accepted', repeated: true, revision: 0n });
      expect(await finish(hold('c2', 'me', 'B'))).toMatchObject({ kind: 'accepted', repeated: false, revision: 1n });
    });
  });

  it('after a conflict answers what the other writer stored for it and decides the rest anew', async () => {
    const { hold, finish, others, seen } = setUp();
    await finish(hold('c0', 'me', 'Z'));
    others('c2', take('c2', 'you', 'B'));
    const answers = await finish(Promise.all([hold('c1', 'me', 'A'), hold('c2', 'you', 'B'), hold('c3', 'me', 'B')]));
    expect(seen).toContainEqual({ kind: 'conflict' });
    expect(answers[0]).toMatchObject({ kind: 'accepted', revision: 2n, repeated: false });
    expect(answers[1]).toMatchObject({ kind: 'accepted', revision: 1n, repeated: true });
    expect(answers[2]).toMatchObject({ kind: 'refused' });
  });

  it('after a conflict is not misled by a command that another writer stored first in another group', async () => {
    const { hold, finish, others, store } = setUp();
    await finish(hold('c0', 'me', 'Z'));
    others('c1', take('c1', 'me', 'A'));
    others('c2', take('c2', 'you', 'B'));
    const [first, second] = await finish(Promise.all([hold('c1', 'me', 'A'), hold('c3', 'me', 'B')]));
    expect(first).toMatchObject({ kind: 'accepted', revision: 1n });
    expect(second).toMatchObject({ kind: 'refused', refusal: 'SeatTaken' });
    expect(store.log.events).toHaveLength(3);
  });

  it('fails only the command the store refuses', async () => {
    const { hold, finish, store } = setUp({ maxBytes: 4 * 1024 * 1024 });
    const large = hold('c2', 'me', 'X'.repeat(1024 * 1024 + 1));
    const [first, second, third] = await finish(Promise.allSettled([hold('c1', 'me', 'A'), large, hold('c3', 'me', 'B')]));
    expect([first?.status, third?.status]).toEqual(['fulfilled', 'fulfilled']);
    expect(second).toMatchObject({ status: 'rejected', reason: expect.any(StoreRefusedError) });
    expect(store.log.events).toHaveLength(2);
  });

  it('does not decide on a stream it cannot read, and says what is wrong', async () => {
    const { hold, finish, store } = setUp();
    const events = prepareEvents([{ type: 'SeatTaken', data: {} }], seatCodec, context('c0'));
    store.log.append({ stream: STREAM, expected: 'no_stream', events });
    await expect(finish(hold('c1', 'me', 'A'))).rejects.toThrow(CorruptStreamError);
  });

  it('answers everyone before it closes, and takes no one after', async () => {
    const { hold, finish, writer } = setUp();
    const answer = hold('c1', 'me', 'A');
    await finish(writer.close());
    expect((await answer).kind).toBe('accepted');
    await expect(hold('c2', 'me', 'B')).rejects.toThrow('closed');
    expect(writer.idle()).toBe(true);
  });

  describe('with snapshots', () => {
    const memory = (foldVersion: number) => {
      const saved: Snapshot<Seats>[] = [];
      return {
        saved,
        foldVersion,
        load: async () => saved.at(-1),
        save: async (_: string, snapshot: Snapshot<Seats>) => {
          saved.push(snapshot);
        },
        discard: async () => {
          saved.length = 0;
        },
      };
    };
    const withHistory = async (more: Partial<WriterDeps<Seats, SeatEvent>> = {}) => {
      const snapshot = memory(1);
      const set = setUp({ snapshot, snapshotEvery: 3, ...more });
      for (const seat of ['A', 'B', 'C', 'D']) await set.finish(set.hold(`c${seat}`, 'me', seat));
      const reopened = async () => {
        const writer = createSerialWriter(set.deps);
        const state = await set.finish(writer.state());
        return { ...state, writer, loaded: set.seen.findLast(({ kind }) => kind === 'loaded') };
      };
      return { ...set, snapshot, reopened };
    };
    const revisions = ({ saved }: { saved: readonly Snapshot<Seats>[] }) => saved.map(({ revision }) => revision);

    it('saves one every so many events and begins with it', async () => {
      const { snapshot, reopened } = await withHistory();
      expect(revisions(snapshot)).toEqual([2n]);
      const { state, revision, loaded } = await reopened();
      expect([...state.holders.keys()]).toEqual(['A', 'B', 'C', 'D']);
      expect(state.events).toBe(4);
      expect(revision).toBe(3n);
      expect(loaded).toMatchObject({ fromSnapshot: true });
    });

    it('still knows a command from before it by its id', async () => {
      const { reopened, finish } = await withHistory();
      const { writer } = await reopened();
      const again = await finish(writer.submit(take('other words', 'someone', 'A'), context('cA')));
      expect(again).toMatchObject({ kind: 'accepted', repeated: true, revision: 0n });
    });

    it.each([
      ['of another fold', { foldVersion: 7 }],
      ['of a stream that has gone back', { revision: 9n }],
      ['of a stream that has gone another way since', { eventId: 'of an event that was never stored here' }],
    ])('does not use one %s', async (_, changed) => {
      const { snapshot, reopened } = await withHistory();
      for (const saved of snapshot.saved.splice(0)) snapshot.saved.push({ ...saved, ...changed, state: seats.initial });
      const { state, revision, loaded } = await reopened();
      expect(state.events).toBe(4);
      expect(revision).toBe(3n);
      expect(loaded).toMatchObject({ fromSnapshot: false });
    });

    it('takes a worthless one out of the way of the next', async () => {
      const { snapshot, reopened, seen } = await withHistory();
      for (const saved of snapshot.saved.splice(0)) snapshot.saved.push({ ...saved, revision: 9n });
      await reopened();
      expect(seen).toContainEqual({ kind: 'snapshotDiscarded', revision: 9n });
      expect(revisions(snapshot)).toEqual([3n]);
    });

    it('saves one at a time, and no sooner than the pause between two allows', async () => {
      const { snapshot, hold, finish, clock } = await withHistory({ snapshotPauseMs: 60_000 });
      for (const seat of ['E', 'F', 'G', 'H']) await finish(hold(`c${seat}`, 'me', seat));
      expect(revisions(snapshot)).toEqual([2n]);
      let late = false;
      clock.after(60_000, () => {
        late = true;
      });
      await clock.until(() => late);
      await finish(hold('cI', 'me', 'I'));
      expect(revisions(snapshot)).toEqual([2n, 8n]);
    });

    it('leaves one behind when the stream leaves memory', async () => {
      const { snapshot, writer, finish } = await withHistory();
      await finish(writer.close());
      expect(revisions(snapshot)).toEqual([2n, 3n]);
    });

    it('is not troubled when they cannot be loaded or saved', async () => {
      const broken = async () => {
        throw new Error('no database');
      };
      const snapshot = { foldVersion: 1, load: broken, save: broken, discard: broken };
      const { hold, finish, seen } = setUp({ snapshot, snapshotEvery: 1 });
      expect((await finish(hold('c1', 'me', 'A'))).kind).toBe('accepted');
      expect(seen.filter(({ kind }) => kind === 'snapshotFailed')).toHaveLength(2);
    });

    it('waits neither for a database that does not answer nor for one that does not end', async () => {
      const never = () => new Promise<never>(() => undefined);
      const snapshot = { foldVersion: 1, load: never, save: never, discard: never };
      const { hold, finish, writer } = setUp({ snapshot, snapshotEvery: 1 });
      expect((await finish(hold('c1', 'me', 'A'))).kind).toBe('accepted');
      expect((await finish(hold('c2', 'me', 'B'))).kind).toBe('accepted');
      await finish(writer.close());
    });
  });

  it('replays everything when the store has lost what it acknowledged', async () => {
    const { hold, finish, store, seen } = setUp();
    await finish(hold('c1', 'me', 'A', 'B'));
    (store.log.stream(STREAM) as unknown[]).pop();
    expect(await finish(hold('c2', 'you', 'C'))).toMatchObject({ kind: 'accepted', revision: 1n });
    expect(seen).toContainEqual({ kind: 'storeWentBack', revision: 1n });
  });
});
