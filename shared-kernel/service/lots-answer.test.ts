import type { RequestListener } from 'node:http';
import { afterEach, describe, expect, it } from '@jest/globals';
import { systemClock } from '../event-sourcing/clock.js';
import { createHttpApp } from './http-app.js';
import { createLots, type Lots } from './lots.js';
import { answerLot, type StepAnswer } from './lots-answer.js';
import { createMetrics } from './metrics.js';
import { createServiceClient, type ServiceClient, ServiceUnreachable } from './service-client.js';
import { recordingLogger } from './testing/recording-logger.js';
import { type Served, serve } from './testing/serve.js';

let served: Served;
let client: ServiceClient;
let lots: Lots<string>;
const timeoutMs = 5000;
const open = async (app: RequestListener, after = systemClock.after) => {
  served = await serve(app);
  client = createServiceClient({ baseUrl: served.url, token: 'service-token-0123456789', timeoutMs });
  lots = createLots<string>({
    send: (steps, hear, signal) => client.postLines('/internal/steps', { steps }, hear, signal),
    ...{ spacingMs: 20, most: 100, timeoutMs, after },
  });
};
afterEach(async () => {
  await client.close();
  await served.close();
});

const fail = (line: string): never => {
  throw new Error(`heard ${line}`);
};

/** Ends what was begun by name. */
const createSteps = () => {
  const open = new Map<string, (answer: StepAnswer) => void>();
  const waiters: (() => void)[] = [];
  return {
    run: (step: string): Promise<StepAnswer> =>
      new Promise((resolve) => {
        open.set(step, resolve);
        for (const look of waiters) look();
      }),
    end: (step: string, answer: StepAnswer = { status: 200, body: { step } }) => open.get(step)?.(answer),
    begun: (...steps: string[]): Promise<void> =>
      new Promise((resolve) => {
        const look = () => steps.every((step) => open.has(step)) && resolve();
        waiters.push(look);
        look();
      }),
  };
};

/** A service that takes lots; `written` are the pieces its answers were written in, `gone` is when a client has left before the end. */
const service = (run: (step: string) => Promise<StepAnswer>) => {
  const written: string[] = [];
  let leave = (): void => undefined;
  const gone = new Promise<void>((resolve) => {
    leave = resolve;
  });
  const app = createHttpApp({
    service: 'other',
    logger: recordingLogger().logger,
    metrics: createMetrics('other'),
    routes: (router) => {
      router.post('/internal/steps', (req, res) => {
        res.once('close', () => res.writableFinished || leave());
        const { write, end } = res;
        res.write = ((text: string) => written.push(text) > 0 && write.call(res, text, 'utf8')) as typeof res.write;
        res.end = ((text: string) => {
          written.push(text);
          return end.call(res, text, 'utf8');
        }) as typeof res.end;
        const { steps } = req.body as { steps: string[] };
        answerLot(
          res,
          steps.map((step) => run(step)),
        );
      });
    },
  });
  return { app, written, gone };
};

describe('the answer to a lot', () => {
  it('tells of each step when it is done, and of those done together in one piece', async () => {
    const steps = createSteps();
    const { app, written } = service(steps.run);
    await open(app);
    const first = lots.ask('first');
    const [a, b, c] = [lots.ask('a'), lots.ask('b'), lots.ask('좌석')];
    await steps.begun('first', 'a', 'b', '좌석');
    steps.end('b');
    steps.end('좌석', { status: 200, body: { seat: '가-1-1' } });
    expect(await c).toEqual({ seat: '가-1-1' });
    expect(await b).toEqual({ step: 'b' });
    expect(written).toEqual(['{"n":1,"status":200,"body":{"step":"b"}}\n{"n":2,"status":200,"body":{"seat":"가-1-1"}}\n']);
    steps.end('first');
    expect(await first).toEqual({ step: 'first' });
    steps.end('a', { status: 409, body: { type: 'about:blank', title: 'no', status: 409, code: 'NOT_NOW' } });
    await expect(a).rejects.toMatchObject({ status: 409, code: 'NOT_NOW' });
    expect(written).toHaveLength(3);
  });

  it('does not outlive whoever waits for it, and harms nobody when it comes later', async () => {
    const steps = createSteps();
    const { app, written, gone } = service(steps.run);
    const limits: (() => void)[] = [];
    await open(app, (ms, call) => {
      if (ms !== timeoutMs) return systemClock.after(ms, call);
      limits.push(call);
      return () => undefined;
    });
    const first = lots.ask('first');
    const [lost, told] = [lots.ask('lost'), lots.ask('told')];
    await steps.begun('first', 'lost', 'told');
    steps.end('first');
    steps.end('told');
    expect(await Promise.all([first, told])).toEqual([{ step: 'first' }, { step: 'told' }]);
    limits[1]?.();
    await expect(lost).rejects.toBeInstanceOf(ServiceUnreachable);
    await gone;
    steps.end('lost');
    const again = lots.ask('again');
    await steps.begun('again');
    steps.end('again');
    expect(await again).toEqual({ step: 'again' });
    expect(written.filter((text) => text.includes('"lost"'))).toEqual([]);
    expect(written).toHaveLength(3);
  });

  it('that breaks off leaves those it has not told of in doubt', async () => {
    await open((_req, res) => {
      res.writeHead(200, { 'content-type': 'application/x-ndjson' });
      res.write('{"n":0,"status":200,"body":{"step":"a"}}\n{"n":1,"status":200,"bo', () => res.destroy());
    });
    const asked = await Promise.allSettled([lots.ask('first'), lots.ask('a'), lots.ask('b')]);
    const told = { status: 'fulfilled', value: { step: 'a' } };
    expect(asked).toMatchObject([told, told, { reason: { name: 'ServiceUnreachable' } }]);
  });

  it('is put together from pieces, wherever they were cut', async () => {
    const answer = Buffer.from('{"n":0,"status":200,"body":"가나"}\n{"n":1,"status":200,"body":"끝"}\n');
    await open(async (_req, res) => {
      res.writeHead(200, { 'content-type': 'application/x-ndjson' });
      for (const byte of answer) {
        res.write(Buffer.of(byte));
        await new Promise((resolve) => setImmediate(resolve));
      }
      res.end();
    });
    expect(await Promise.all([lots.ask('first'), lots.ask('a'), lots.ask('b')])).toEqual(['가나', '가나', '끝']);
  });

  it('ends where there are no steps', async () => {
    await open(service(async () => ({ status: 200, body: undefined })).app);
    await client.postLines('/internal/steps', { steps: [] }, fail, AbortSignal.timeout(timeoutMs));
  });

  it('may be one refusal for all', async () => {
    const refused = { type: 'about:blank', title: 'not now', status: 503, code: 'NOT_NOW' };
    await open((_req, res) => void res.writeHead(503).end(JSON.stringify(refused)));
    const asked = await Promise.allSettled([lots.ask('a'), lots.ask('b'), lots.ask('c')]);
    for (const one of asked) expect(one).toMatchObject({ reason: { name: 'ServiceProblem', status: 503, code: 'NOT_NOW' } });
  });

  it('is not waited for any more when the client closes, by those that were still gathering neither', async () => {
    const steps = createSteps();
    await open(service(steps.run).app);
    const asked = Promise.allSettled([lots.ask('under way'), lots.ask('gathering')]);
    await steps.begun('under way');
    await client.close();
    for (const one of await asked) expect(one).toMatchObject({ reason: { name: 'ServiceUnreachable' } });
  });
});
