import { describe, expect, it } from '@jest/globals';
import { createVirtualClock } from '../event-sourcing/testing/virtual-clock.js';
import { createLots } from './lots.js';
import { ServiceProblem, ServiceUnreachable } from './service-client.js';

type Sent = {
  readonly at: number;
  readonly steps: readonly string[];
  readonly signal: AbortSignal;
  readonly say: (line: unknown) => void;
  readonly end: () => void;
  readonly fail: (error: unknown) => void;
};

/** Lots on their way to nowhere: the test answers them. */
const setUp = () => {
  const clock = createVirtualClock();
  const sent: Sent[] = [];
  const lots = createLots<string>({
    send: (steps, hear, signal) =>
      new Promise((resolve, reject) => {
        const say = (line: unknown) => hear(typeof line === 'string' ? line : JSON.stringify(line));
        sent.push({ at: clock.now(), steps, signal, say, end: resolve, fail: reject });
      }),
    ...{ spacingMs: 20, most: 3, timeoutMs: 8000, after: clock.after },
  });
  const told = new Map<string, unknown>();
  const ask = (...steps: string[]): void => {
    for (const step of steps) {
      lots.ask(step).then(
        (body) => told.set(step, body),
        (error: unknown) => told.set(step, error),
      );
    }
  };
  const lot = (n: number): Sent => {
    const found = sent[n];
    if (found === undefined) throw new Error(`only ${sent.length} lots were sent`);
    return found;
  };
  const when = (ms: number, call: () => void): void => void clock.after(ms, call);
  const answerEach = ({ steps, say, end }: Sent): void => {
    for (const n of steps.keys()) say({ n, status: 200, body: `done ${steps[n]}` });
    end();
  };
  return {
    ...{ clock, ask, lot, when, answerEach, told },
    lots: () => sent.map(({ at, steps }) => [at, steps.join(' ')]),
    /** Lets everything happen that is going to, in virtual time. */
    rest: async () => {
      while (await clock.step());
    },
  };
};

const settled = () => new Promise((resolve) => setImmediate(resolve));

describe('steps in lots', () => {
  it('go at once after a quiet time, and gather while the last lot is young', async () => {
    const { ask, lots, when, rest } = setUp();
    ask('a');
    expect(lots()).toEqual([[0, 'a']]);
    ask('b');
    when(19, () => ask('c'));
    when(30, () => ask('d'));
    when(100, () => ask('e'));
    await rest();
    expect(lots()).toEqual([
      [0, 'a'],
      [20, 'b c'],
      [40, 'd'],
      [100, 'e'],
    ]);
  });

  it('do not wait when a lot is full, and the next gathers from then on', async () => {
    const { ask, lots, when, rest } = setUp();
    ask('a', 'b', 'c', 'd', 'e');
    expect(lots()).toEqual([
      [0, 'a'],
      [0, 'b c d'],
    ]);
    when(5, () => ask('f', 'g'));
    await rest();
    expect(lots()).toEqual([
      [0, 'a'],
      [0, 'b c d'],
      [5, 'e f g'],
    ]);
  });

  it('are answered each as soon as it is known, in any order, while other lots are under way', async () => {
    const { ask, lot, told, clock } = setUp();
    ask('a', 'b', 'c', 'd');
    lot(1).say({ n: 2, status: 200, body: 'late' });
    lot(1).say({ n: 0, status: 409, body: { type: 'about:blank', title: 'no', status: 409, code: 'NOT_NOW' } });
    await settled();
    expect([...told.keys()]).toEqual(['d', 'b']);
    expect(told.get('d')).toBe('late');
    expect(told.get('b')).toMatchObject({ name: 'ServiceProblem', status: 409, code: 'NOT_NOW', problem: { title: 'no' } });
    lot(1).say({ n: 1, status: 500, body: 'not even a problem' });
    lot(1).end();
    lot(0).say({ n: 0, status: 200, body: 'at last' });
    await settled();
    expect(told.get('c')).toMatchObject({ name: 'ServiceProblem', status: 500, code: 'UNKNOWN' });
    expect(told.get('a')).toBe('at last');
    lot(0).end();
    await clock.step();
    expect(lot(0).signal.aborted || lot(1).signal.aborted).toBe(false);
  });

  it.each([
    ['ends', (sent: Sent) => sent.end(), 'does not tell of this step'],
    ['breaks off', (sent: Sent) => sent.fail(new ServiceUnreachable('broken off')), 'broken off'],
  ])('that the answer does not tell of when it %s may or may not have been done', async (_, end, message) => {
    const { ask, lot, told } = setUp();
    ask('first', 'a', 'b', 'c');
    lot(1).say({ n: 1, status: 200, body: 'done' });
    end(lot(1));
    await settled();
    expect(told.get('b')).toBe('done');
    for (const step of ['a', 'c']) {
      expect(told.get(step)).toBeInstanceOf(ServiceUnreachable);
      expect(told.get(step)).toMatchObject({ message: expect.stringContaining(message) });
    }
  });

  it('are refused each where their lot is', async () => {
    const { ask, lot, told } = setUp();
    ask('first', 'a', 'b', 'c');
    lot(1).fail(new ServiceProblem(401, 'UNAUTHENTICATED', undefined));
    await settled();
    for (const step of ['a', 'b', 'c']) expect(told.get(step)).toMatchObject({ status: 401, code: 'UNAUTHENTICATED' });
    expect(told.has('first')).toBe(false);
  });

  it('are refused where their lot cannot even be sent', async () => {
    const { clock } = setUp();
    const broken = () => {
      throw new Error('not even sent');
    };
    const lots = createLots<string>({ send: broken, spacingMs: 20, most: 3, timeoutMs: 8000, after: clock.after });
    const asked = Promise.allSettled(['a', 'b'].map((step) => lots.ask(step)));
    while (await clock.step());
    for (const one of await asked) expect(one).toMatchObject({ status: 'rejected', reason: { message: 'not even sent' } });
  });

  it.each([
    'no JSON',
    '',
    'null',
    { n: 0 },
    { n: 0, status: 'fine', body: 'x' },
    { n: -1, status: 200, body: 'x' },
    { n: 3, status: 200, body: 'x' },
  ])('get nothing from the line %j, nor lose anything by it', async (line) => {
    const { ask, lot, told } = setUp();
    ask('first', 'a', 'b', 'c');
    lot(1).say(line);
    await settled();
    expect(told.size).toBe(0);
    lot(1).say({ n: 0, status: 200, body: 'once' });
    lot(1).say({ n: 0, status: 200, body: 'twice' });
    lot(1).end();
    await settled();
    expect(told.get('a')).toBe('once');
    expect(told.get('b')).toBeInstanceOf(ServiceUnreachable);
  });

  it('have their time from when each was asked, and a lot is given up with its last', async () => {
    const { ask, lot, told, when, clock } = setUp();
    ask('first', 'a');
    when(15, () => ask('b'));
    await clock.until(() => told.has('a'));
    expect(clock.now()).toBe(8000);
    expect(told.get('a')).toBeInstanceOf(ServiceUnreachable);
    expect(told.has('b')).toBe(false);
    expect(lot(1).signal.aborted).toBe(false);
    await clock.until(() => told.has('b'));
    expect(clock.now()).toBe(8015);
    expect(lot(1).signal.aborted).toBe(true);
  });

  it('leave no lot open for one that had its time, once the others are answered', async () => {
    const { ask, lot, told, when, clock } = setUp();
    ask('first', 'a');
    when(15, () => ask('b'));
    await clock.until(() => told.has('a'));
    lot(1).say({ n: 1, status: 200, body: 'in time' });
    expect(lot(1).signal.aborted).toBe(true);
    await settled();
    expect(told.get('b')).toBe('in time');
  });

  it('leave no timer behind', async () => {
    const { ask, lot, answerEach, clock, rest, told } = setUp();
    ask('a', 'b');
    answerEach(lot(0));
    await clock.step();
    answerEach(lot(1));
    await rest();
    expect(clock.now()).toBe(40);
    expect([...told]).toEqual([
      ['a', 'done a'],
      ['b', 'done b'],
    ]);
  });
});
