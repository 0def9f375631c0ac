import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { freePort } from '@tiketi/local/parts/free-port.js';
import { repositoryRoot } from '@tiketi/local/parts/repository.js';
import { until } from '@tiketi/local/parts/until.js';
import { isSameProcess } from '@tiketi/local/stack/process-mark.js';
import { currentRun, type RunInfo } from '@tiketi/local/stack/run-info.js';

const PROGRAM = path.join(repositoryRoot(), 'cli/dist/up/main.js');

describe('up', () => {
  let home: string;
  let child: ChildProcess | undefined;

  beforeEach(async () => {
    home = await mkdtemp(path.join(tmpdir(), 'tiketi-up-'));
  });
  afterEach(async () => {
    child?.kill('SIGKILL');
    await rm(home, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
  });

  const up = (command: string, args: readonly string[], env: Record<string, string> = {}) => {
    child = spawn(command, args, { env: { ...process.env, TIKETI_HOME: home, ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
    return child;
  };
  const ready = async (starting: ChildProcess): Promise<RunInfo> => {
    let shown = '';
    for (const output of [starting.stdout, starting.stderr]) output?.on('data', (chunk) => (shown += String(chunk)));
    await until(() => shown.includes('Tiketi is ready'), { deadline: 90_000, what: 'the screen' }).catch(() => {
      throw new Error(`not ready: ${shown}`);
    });
    expect(shown).toMatch(/Sign in .*administrator .*password \S+/);
    const run = await currentRun(path.join(home, 'run.json'));
    if (!run) throw new Error('run.json names no stack');
    return run;
  };
  const running = async ({ parts }: RunInfo) => {
    const found = await Promise.all(Object.values(parts).map(({ pid, mark }) => isSameProcess(pid ?? 0, mark ?? '')));
    return found.filter(Boolean).length;
  };

  it('names all that is wrong in one message, exits 1 and leaves nothing running', async () => {
    const port = await freePort();
    const taken = createServer().listen(port, '127.0.0.1');
    const env = { REDIS_URL: 'http://not-redis', TOSS_BASE_URL: 'https://api.tosspayments.com', TOSS_SECRET_KEY: '' };
    const failing = up(process.execPath, [PROGRAM, '--port', String(port)], env);
    const [message, [code]] = await Promise.all([text(failing.stderr ?? process.stdin), once(failing, 'exit')]);
    taken.close();
    for (const fault of [`Port ${port}`, 'REDIS_URL', 'TOSS_SECRET_KEY']) expect(message).toContain(fault);
    expect(code).toBe(1);
    expect([existsSync(path.join(home, 'run.json')), existsSync(path.join(home, 'lock.json'))]).toEqual([false, false]);
  });

  it('runs until SIGTERM, then stops everything and exits 0', async () => {
    const stack = up(process.execPath, [PROGRAM, '--port', String(await freePort()), '--no-demo']);
    const run = await ready(stack);
    expect(await running(run)).toBe(Object.keys(run.parts).length);
    expect((await fetch(`${run.edgeUrl}/api/events`)).status).toBe(200);
    stack.kill('SIGTERM');
    expect(await once(stack, 'exit')).toEqual([0, null]);
    expect(await running(run)).toBe(0);
  }, 120_000);

  it('ends when the shell npm started it with is killed', async () => {
    const command = `"${process.execPath}" "${PROGRAM}" --port ${await freePort()} --no-demo; true`;
    const shell = up('/bin/sh', ['-c', command], { npm_lifecycle_event: 'up' });
    const run = await ready(shell);
    shell.kill('SIGKILL');
    await until(async () => (await running(run)) === 0, { deadline: 30_000, what: 'everything to stop' });
    await until(() => !existsSync(path.join(home, 'lock.json')), { deadline: 10_000, what: 'the lock to be given back' });
  }, 150_000);
});
