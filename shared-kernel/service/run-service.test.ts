import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { describe, expect, it } from '@jest/globals';
import { runService } from './run-service.js';
import { recordingLogger } from './testing/recording-logger.js';
import { watchParent } from './watch-parent.js';

const deferred = () => {
  let resolve: () => void = () => undefined;
  const promise = new Promise<void>((done) => {
    resolve = done;
  });
  return { promise, resolve };
};

describe('runService', () => {
  it('finishes what is in flight, takes nothing new, then calls onStop', async () => {
    const arrived = deferred();
    const release = deferred();
    const order: string[] = [];
    const { logger, lines } = recordingLogger();
    const service = await runService({
      name: 'test',
      logger,
      host: '127.0.0.1',
      port: 0,
      app: (_req, res) => {
        arrived.resolve();
        void release.promise.then(() => res.end('done'));
      },
      onStop: async () => void order.push('stopped'),
    });
    expect(lines()).toContainEqual(expect.objectContaining({ message: 'listening', port: service.port }));

    const url = `http://127.0.0.1:${service.port}/`;
    const answer = fetch(url).then((response) => response.text());
    await arrived.promise;
    const stopped = service.stop();
    await expect(fetch(url)).rejects.toThrow();
    expect(order).toEqual([]);
    release.resolve();
    expect(await answer).toBe('done');
    await stopped;
    await service.stop();
    expect(order).toEqual(['stopped']);
  });

  it('cuts off what does not finish within the grace', async () => {
    const arrived = deferred();
    const service = await runService({
      name: 'test',
      logger: recordingLogger().logger,
      host: '127.0.0.1',
      port: 0,
      graceMs: 20,
      app: () => arrived.resolve(),
      onStop: async () => undefined,
    });
    const answer = fetch(`http://127.0.0.1:${service.port}/`).catch(() => 'cut off');
    await arrived.promise;
    await service.stop();
    expect(await answer).toBe('cut off');
  });

  it('leaves no handlers on the process behind', async () => {
    const before = process.listenerCount('SIGTERM');
    const options = { name: 'test', logger: recordingLogger().logger, host: '127.0.0.1', port: 0, app: () => undefined };
    const service = await runService({ ...options, onStop: async () => undefined });
    await service.stop();
    expect(process.listenerCount('SIGTERM')).toBe(before);
  });
});

describe('watchParent', () => {
  it('notices that a process is gone', async () => {
    const parent = spawn(process.execPath, ['-e', 'process.stdin.resume()'], { stdio: ['pipe', 'ignore', 'ignore'] });
    await once(parent, 'spawn');
    const gone = deferred();
    const unwatch = watchParent(parent.pid ?? 0, gone.resolve, 10);
    parent.stdin.end();
    await gone.promise;
    unwatch();
  });
});
