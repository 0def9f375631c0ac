import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { freePort } from '../parts/free-port.js';
import { endChild, isRunning } from '../parts/lifeline.js';
import { repositoryRoot } from '../parts/repository.js';
import { until } from '../parts/until.js';
import { authorization, CLIENT_KEY, SECRET_KEY } from './testing/shop.js';

const MAIN = join(repositoryRoot(), 'local/dist/toss-simulator/main.js');
const ROUNDS = process.env.TIKETI_DEEP === '1' ? 20 : 3;
const BUYERS = 40;

describe('the simulator as a process', () => {
  let directory: string;
  let url: string;
  let child: ChildProcess;
  const headers = { ...authorization(`${SECRET_KEY}:`), 'content-type': 'application/json' };

  async function start(env: Readonly<Record<string, string>> = {}): Promise<void> {
    const port = await freePort();
    url = `http://127.0.0.1:${port}`;
    child = spawn(process.execPath, [MAIN], {
      stdio: ['ignore', 'ignore', 'inherit'],
      env: {
        PATH: process.env.PATH,
        TOSS_SIMULATOR_DIR: directory,
        TOSS_SIMULATOR_PORT: String(port),
        TOSS_SECRET_KEY: SECRET_KEY,
        TOSS_CLIENT_KEY: CLIENT_KEY,
        ...env,
      },
    });
    const healthy = () =>
      fetch(`${url}/health`).then(
        ({ ok }) => ok,
        () => false,
      );
    await until(healthy, { deadline: 15_000, what: 'the simulator' });
  }

  const post = (path: string, body: object, more: Readonly<Record<string, string>> = {}) =>
    fetch(`${url}${path}`, { method: 'POST', headers: { ...headers, ...more }, body: JSON.stringify(body) });

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'toss-kill-'));
  });
  afterEach(async () => {
    if (isRunning(child)) await endChild(child, 'SIGKILL', 1_000);
    await rm(directory, { recursive: true, force: true });
  });

  it('takes back nothing it answered when it is killed among confirms', async () => {
    await start();
    const answered = new Map<string, string>();
    for (let round = 0; round < ROUNDS; round += 1) {
      const enough = answered.size + BUYERS / 4;
      const buyers = Array.from({ length: BUYERS }, async (_, buyer) => {
        const orderId = `order-${round}-${buyer}`;
        const session = await post('/checkout/sessions', { orderId, amount: 10_000, orderName: '좌석' });
        const { paymentKey } = (await session.json()) as { paymentKey: string };
        const confirmed = await post(
          '/v1/payments/confirm',
          { paymentKey, orderId, amount: 10_000 },
          { 'idempotency-key': orderId },
        );
        answered.set(orderId, await confirmed.text());
        if (answered.size >= enough) child.kill('SIGKILL');
      });
      const gone = once(child, 'exit');
      await Promise.allSettled(buyers);
      await gone;
      await start();
    }
    expect(answered.size).toBeGreaterThanOrEqual(BUYERS / 4);
    const { transactions } = (await (await fetch(`${url}/simulator/ledger`)).json()) as { transactions: { orderId: string }[] };
    const charged = transactions.map(({ orderId }) => orderId);
    expect(new Set(charged).size).toBe(charged.length);
    for (const [orderId, text] of answered) {
      expect(charged).toContain(orderId);
      const { paymentKey } = JSON.parse(text) as { paymentKey: string };
      const repeat = await post('/v1/payments/confirm', { paymentKey, orderId, amount: 10_000 }, { 'idempotency-key': orderId });
      expect((await repeat.text()) === text).toBe(true);
    }
  }, 60_000);

  it('ends cleanly on SIGTERM, and by itself when its parent is gone', async () => {
    await start();
    const ended = once(child, 'exit');
    child.kill('SIGTERM');
    expect(await ended).toEqual([0, null]);

    const parent = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' });
    await start({ TIKETI_PARENT_PID: String(parent.pid) });
    const orphaned = once(child, 'exit');
    parent.kill('SIGKILL');
    expect(await orphaned).toEqual([0, null]);
  }, 60_000);

  it('names every bad setting at once', async () => {
    child = spawn(process.execPath, [MAIN], {
      stdio: ['ignore', 'pipe', 'inherit'],
      env: { PATH: process.env.PATH, TOSS_SIMULATOR_PORT: 'x' },
    });
    let output = '';
    child.stdout?.on('data', (chunk: Buffer) => {
      output += chunk.toString();
    });
    expect(await once(child, 'exit')).toEqual([1, null]);
    for (const name of ['TOSS_SIMULATOR_DIR', 'TOSS_SIMULATOR_PORT', 'TOSS_SECRET_KEY', 'TOSS_CLIENT_KEY'])
      expect(output).toContain(name);
  }, 30_000);
});
