import { afterEach, describe, expect, it } from '@jest/globals';
import { until } from '@tiketi/local/parts/until.js';
import { createHttpApp } from '@tiketi/shared-kernel/service/http-app.js';
import { createMetrics } from '@tiketi/shared-kernel/service/metrics.js';
import { recordingLogger } from '@tiketi/shared-kernel/service/testing/recording-logger.js';
import { type Served, serve } from '@tiketi/shared-kernel/service/testing/serve.js';
import { type Answer, jsonAnswer } from './answer.js';
import { createAnswerCache } from './answer-cache.js';
import { answerCached } from './cached-answer.js';
import { createHotAnswers, hotFirst } from './hot-answers.js';

let served: Served | undefined;
afterEach(() => served?.close());

/** Answers with how often it was made; `broken` makes fail. */
const setUp = async () => {
  const world = { now: 0, makes: 0, broken: false };
  const now = () => world.now;
  const cache = createAnswerCache<Answer | undefined>({ maxAgeMs: 250, maxEntries: 10, now });
  const hot = createHotAnswers({ maxAgeMs: 250, renewAfterMs: 190, maxEntries: 10, now });
  const make = async () => {
    world.makes += 1;
    if (world.broken) throw new Error('the database is away');
    return jsonAnswer({ makes: world.makes }, { cacheControl: 'no-cache' });
  };
  const app = createHttpApp({
    service: 'test',
    logger: recordingLogger().logger,
    metrics: createMetrics('test'),
    ready: async () => ({ ready: true, dependencies: {} }),
    routes: (router) => {
      router.get('/a', (req, res) =>
        answerCached(
          req,
          res,
          { cache, hot, wait: async () => 'reached' },
          { key: 'a', position: undefined, make, missing: 'SHOW_NOT_FOUND' },
        ),
      );
    },
  });
  served = await serve(hotFirst(hot, app, () => undefined));
  const { url } = served;
  const get = async (): Promise<unknown> => {
    const answer = await fetch(`${url}/a`);
    return answer.status === 200 ? answer.json() : answer.status;
  };
  return { world, get };
};

describe('an answer asked for again and again', () => {
  it('is made anew behind those who ask, before it is too old', async () => {
    const { world, get } = await setUp();
    expect(await get()).toEqual({ makes: 1 });
    for (const at of [191, 382, 573]) {
      world.now = at;
      const before = world.makes;
      expect(await get()).toEqual({ makes: before });
      await until(async () => world.makes === before + 1, { deadline: 2000, every: 5, what: 'the renewal' });
    }
    expect(await get()).toEqual({ makes: 4 });
  });

  it('stays as it was where it cannot be made anew, and fails once it is too old', async () => {
    const { world, get } = await setUp();
    await get();
    world.broken = true;
    world.now = 200;
    expect(await get()).toEqual({ makes: 1 });
    await until(async () => world.makes === 2, { deadline: 2000, every: 5, what: 'the renewal' });
    world.now = 250;
    expect(await get()).toEqual({ makes: 1 });
    world.now = 251;
    expect(await get()).toBe(500);
    world.broken = false;
    expect(await get()).toEqual({ makes: 4 });
  });
});
