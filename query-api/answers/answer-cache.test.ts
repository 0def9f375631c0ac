import { describe, expect, it } from '@jest/globals';
import { createAnswerCache } from './answer-cache.js';

const setUp = (maxEntries = 10) => {
  const time = { now: 0 };
  const seen: string[] = [];
  const cache = createAnswerCache<string>({ maxAgeMs: 250, maxEntries, now: () => time.now, observe: (r) => seen.push(r) });
  return { time, seen, cache };
};

const never = () => Promise.reject(new Error('made again'));

describe('the answer cache', () => {
  it('makes an answer once for all who ask at once', async () => {
    const { cache, seen } = setUp();
    let made = 0;
    const make = async () => {
      made += 1;
      return `answer ${made}`;
    };
    const answers = await Promise.all([cache.get('a', make), cache.get('a', make), cache.get('a', make)]);
    expect(answers.map(({ value }) => value)).toEqual(['answer 1', 'answer 1', 'answer 1']);
    expect(seen).toEqual(['miss', 'hit', 'hit']);
  });

  it('serves an answer up to its age, counted from when its making began', async () => {
    const { cache, time } = setUp();
    await cache.get('a', async () => {
      time.now += 100;
      return 'old';
    });
    time.now = 250;
    expect((await cache.get('a', never)).value).toBe('old');
    time.now = 251;
    expect((await cache.get('a', async () => 'new')).value).toBe('new');
  });

  it('remembers no failure', async () => {
    const { cache } = setUp();
    await expect(cache.get('a', () => Promise.reject(new Error('down')))).rejects.toThrow('down');
    expect((await cache.get('a', async () => 'up')).value).toBe('up');
  });

  it('lets go of what was asked for longest ago', async () => {
    const { cache } = setUp(2);
    await cache.get('a', async () => 'a');
    await cache.get('b', async () => 'b');
    await cache.get('a', never);
    await cache.get('c', async () => 'c');
    expect((await cache.get('a', never)).value).toBe('a');
    expect((await cache.get('b', async () => 'b again')).value).toBe('b again');
  });

  it('makes a refreshed answer anew and keeps it against an older one that ends later', async () => {
    const { cache, time } = setUp();
    let finish: (value: string) => void = () => undefined;
    const slow = cache.get('a', () => new Promise((resolve) => (finish = resolve)));
    time.now = 10;
    expect((await cache.refresh('a', async () => 'fresh')).value).toBe('fresh');
    finish('slow');
    expect((await slow).value).toBe('slow');
    expect((await cache.get('a', never)).value).toBe('fresh');
  });

  it('renews once for all who ask for it: by what is newer already, by what is under way, else by a new making', async () => {
    const { cache, time, seen } = setUp();
    const first = await cache.get('a', async () => 'first');
    time.now = 100;
    let finish = (_: string) => undefined as unknown;
    const slow = () =>
      new Promise<string>((resolve) => {
        finish = resolve;
      });
    const renewals = [cache.renew('a', slow, first.at), cache.renew('a', async () => 'another', first.at)];
    finish('renewed');
    expect((await Promise.all(renewals)).map(({ value }) => value)).toEqual(['renewed', 'renewed']);
    expect(await cache.renew('a', async () => 'late', first.at)).toEqual({ value: 'renewed', at: 100 });
    expect(seen).toEqual(['miss', 'miss']);
  });
});
