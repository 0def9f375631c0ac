import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { freePort } from '../parts/free-port.js';
import { until } from '../parts/until.js';
import { isSameProcess } from './process-mark.js';
import { currentRun } from './run-info.js';
import { type RunningStack, type StackOptions, startStack } from './start.js';
import { type FakePart, fakeParts, THREE } from './testing/fake-parts.js';

describe('a stack', () => {
  let home: string;
  let diary: string;
  let stack: RunningStack | undefined;
  const said: string[] = [];

  beforeEach(async () => {
    home = await mkdtemp(path.join(tmpdir(), 'tiketi-stack-'));
    diary = path.join(home, 'diary');
    await writeFile(diary, '');
    said.length = 0;
    stack = undefined;
  });
  afterEach(async () => {
    await stack?.stop({ hurry: true });
    await rm(home, { recursive: true, force: true });
  });

  const start = async (parts: readonly FakePart[] = THREE, more: StackOptions = {}) => {
    const options = { home, port: 0, demoData: false, env: {}, backoff: 10, say: (line: string) => void said.push(line) };
    stack = await startStack({ ...options, parts: () => fakeParts(diary, parts), ...more });
    return stack;
  };
  const noted = async () => (await readFile(diary, 'utf8')).trim().split('\n');
  const faults = (parts: readonly FakePart[], more: StackOptions = {}) =>
    start(parts, more).then(
      () => 'it started',
      (error: Error) => error.message,
    );

  it('starts each part after those it needs and stops in reverse, leaving nothing', async () => {
    const { run, stop } = await start();
    await stop();
    expect(await noted()).toEqual([
      ...['event-store', 'service', 'edge'].map((n) => `started ${n}`),
      ...['edge', 'service', 'event-store'].map((n) => `stopped ${n}`),
    ]);
    for (const { pid, mark } of Object.values(run.parts)) expect(await isSameProcess(pid ?? 0, mark ?? '')).toBe(false);
    expect([existsSync(path.join(home, 'run.json')), existsSync(path.join(home, 'lock.json'))]).toEqual([false, false]);
  });

  it('lists what runs in run.json, readable by its owner alone, without credentials', async () => {
    const { edgeUrl } = await start();
    const file = path.join(home, 'run.json');
    const run = await until(
      async () => {
        const now = await currentRun(file);
        return now?.parts.edge?.state === 'ready' && now;
      },
      { deadline: 5_000, what: 'run.json' },
    );
    expect(run).toMatchObject({ pid: process.pid, edgeUrl, parts: { service: { nature: 'simulated', restarts: 0 } } });
    expect(run.parts.service?.port).toBeGreaterThan(1024);
    expect(((await stat(file)).mode & 0o777).toString(8)).toBe('600');
    expect(((await stat(path.join(home, 'secrets.json'))).mode & 0o777).toString(8)).toBe('600');
  });

  it('starts a part that was killed again, on the same port', async () => {
    const running = await start();
    const before = running.run.parts.service;
    expect(running.kill('service', 'SIGKILL')).toBe(true);
    await until(() => running.run.parts.service?.restarts === 1 && running.run.parts.service.state === 'ready', {
      deadline: 10_000,
      what: 'the restart',
    });
    const after = running.run.parts.service;
    expect([after?.port, after?.pid === before?.pid]).toEqual([before?.port, false]);
    expect(said.join()).toContain('service died (SIGKILL)');
  });

  it('leaves a part down, and names it, after five deaths within a minute, while the others go on', async () => {
    const running = await start();
    const address = running.run.parts.service?.url;
    for (let death = 1; death <= 5; death += 1) {
      await until(() => running.run.parts.service?.state === 'ready', { deadline: 10_000, what: `start ${death}` });
      await fetch(`${address}/die`).catch(() => undefined);
      await until(() => running.run.parts.service?.state !== 'ready', { deadline: 5_000, what: `death ${death}` });
    }
    expect(running.run.parts.service).toMatchObject({ state: 'down', pid: null });
    expect(said.at(-1)).toMatch(/service died 5 times within a minute .*left down/);
    expect((await fetch(running.edgeUrl)).ok).toBe(true);
  });

  it('kills a part that will not stop', async () => {
    const running = await start([...THREE.slice(0, 2), { name: 'edge', after: ['service'], behaviour: 'deaf' }], {
      stopDeadline: 200,
    });
    await running.stop();
    expect(await noted()).toEqual(expect.arrayContaining(['heard edge', 'stopped service', 'stopped event-store']));
  });

  it('names every part that did not start, with the end of its log, and leaves nothing running', async () => {
    const broken: FakePart[] = [
      { name: 'event-store' },
      { name: 'one', behaviour: 'ends at once' },
      { name: 'two', behaviour: 'ends at once' },
      { name: 'edge', after: ['one'] },
    ];
    const message = await faults(broken);
    expect(message).toMatch(/one did not start[\s\S]*COLOUR is wrong[\s\S]*two did not start[\s\S]*COLOUR is wrong/);
    expect(message).not.toContain('edge did not start');
    expect(await noted()).toEqual(['started event-store', 'stopped event-store']);
    expect(existsSync(path.join(home, 'lock.json'))).toBe(false);
  });

  it('names all that is wrong beforehand in one message', async () => {
    const port = await freePort();
    const taken = createServer().listen(port, '127.0.0.1');
    const missing = (name: string) =>
      ({
        name,
        nature: 'real',
        after: [],
        label: name,
        address: () => '',
        files: ['/nowhere/main.js'],
        start: async () => undefined,
      }) as const;
    const env = { LOG_LEVEL: 'loud', EVENTSTORE_URL: 'nonsense' };
    const message = await faults(THREE, { port, env, parts: () => [...fakeParts(diary, THREE), missing('lost')] });
    taken.close();
    for (const fault of [`Port ${port} of 127.0.0.1 is taken`, 'Not built: lost', 'LOG_LEVEL', 'EVENTSTORE_URL'])
      expect(message).toContain(fault);
    expect(await noted()).toEqual(['']);
  });

  it('refuses a second stack of the same folder, naming the first, and takes over the lock of a dead one', async () => {
    const running = await start();
    expect(await faults(THREE)).toContain(`process ${process.pid}, http://localhost:${running.context.port('edge')}`);
    await running.stop();
    await writeFile(path.join(home, 'lock.json'), JSON.stringify({ pid: process.pid, mark: 'another time', port: 1, home }));
    await start();
    expect((await noted()).slice(-3)).toEqual(['started event-store', 'started service', 'started edge']);
  });

  it('keeps its keys and data for the next start, and forgets them with fresh', async () => {
    const first = await start();
    await writeFile(path.join(home, 'data/kept'), 'x');
    await first.stop();
    const second = await start();
    expect(second.context.secrets.serviceToken).toBe(first.context.secrets.serviceToken);
    expect(existsSync(path.join(home, 'data/kept'))).toBe(true);
    await second.stop();
    const third = await start(THREE, { fresh: true });
    expect(third.context.secrets.serviceToken).not.toBe(first.context.secrets.serviceToken);
    expect(existsSync(path.join(home, 'data/kept'))).toBe(false);
  });

  it('stops a start under way', async () => {
    const abort = new AbortController();
    const slow = {
      ...fakeParts(diary, [{ name: 'service' }])[0],
      start: () =>
        new Promise<void>((_resolve, reject) => abort.signal.addEventListener('abort', () => reject(new Error('cut')))),
    };
    const parts = () => [
      ...fakeParts(diary, [{ name: 'event-store' }, { name: 'edge', after: ['service'] }]),
      { ...slow, name: 'service', nature: 'simulated', after: ['event-store'], label: '', address: () => '' } as const,
    ];
    const starting = faults(THREE, { parts, signal: abort.signal });
    await until(async () => (await noted()).includes('started event-store'), { deadline: 10_000, what: 'the first part' });
    abort.abort();
    expect(await starting).not.toBe('it started');
    expect(await noted()).toEqual(['started event-store', 'stopped event-store']);
  });
});
