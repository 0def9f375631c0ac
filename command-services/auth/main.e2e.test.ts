import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { type EventStoreNode, startEventStoreNode } from '@tiketi/local/event-store-node/server.js';
import { type TestDatabase, testDatabase } from '@tiketi/local/parts/test-postgres.js';
import { until } from '@tiketi/local/parts/until.js';
import { SignedIn } from '@tiketi/shared-kernel/contracts/http/auth.js';
import { connectEventStore } from '@tiketi/shared-kernel/event-sourcing/event-store/eventstoredb.js';
import { SECRET } from './testing/auth-under-test.js';

const MAIN = fileURLToPath(new URL('./dist/main.js', import.meta.url));
const admin = { email: 'admin@example.com', password: 'the-first-password' };

let directory: string;
let postgres: TestDatabase;
let node: EventStoreNode;
const children: ChildProcess[] = [];

beforeAll(async () => {
  directory = await mkdtemp(path.join(tmpdir(), 'tiketi-auth-'));
  postgres = await testDatabase();
  node = await startEventStoreNode({ directory, port: 0 });
}, 60_000);
afterEach(async () => {
  for (const child of children.splice(0)) {
    if (child.exitCode !== null || child.signalCode !== null) continue;
    child.kill('SIGKILL');
    await once(child, 'exit');
  }
});
afterAll(async () => {
  await node.close();
  await postgres.close();
  await rm(directory, { recursive: true, force: true });
});

const run = (env: Record<string, string>): { child: ChildProcess; lines: Record<string, unknown>[]; raw: string[] } => {
  const child = spawn(process.execPath, [MAIN], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  children.push(child);
  const lines: Record<string, unknown>[] = [];
  const raw: string[] = [];
  child.stderr?.on('data', (chunk: Buffer) => raw.push(chunk.toString()));
  if (child.stdout !== null) {
    createInterface({ input: child.stdout }).on('line', (line) => {
      raw.push(line);
      if (line.startsWith('{')) lines.push(JSON.parse(line) as Record<string, unknown>);
    });
  }
  return { child, lines, raw };
};

const environment = (more: Record<string, string> = {}): Record<string, string> => ({
  DATABASE_URL: postgres.url,
  EVENTSTORE_URL: node.url,
  AUTH_KEY_SECRET: SECRET,
  BOOTSTRAP_ADMIN_EMAIL: admin.email,
  BOOTSTRAP_ADMIN_PASSWORD: admin.password,
  ...more,
});

const start = async (more: Record<string, string> = {}) => {
  const service = run(environment(more));
  const listening = await until(() => service.lines.find(({ message }) => message === 'listening'), {
    deadline: 20_000,
    every: 20,
    what: `auth to listen: ${service.raw.join('\n')}`,
  });
  return { ...service, url: `http://127.0.0.1:${String(listening.port)}` };
};

const login = async (url: string) => {
  const body = JSON.stringify(admin);
  const answer = await fetch(`${url}/api/auth/login`, { method: 'POST', body, headers: { 'content-type': 'application/json' } });
  return SignedIn.parse(await answer.json());
};

describe('the auth service as a process', () => {
  it('bootstraps, publishes its facts, stops cleanly and knows everybody after a kill', async () => {
    const first = await start();
    expect((await fetch(`${first.url}/ready`)).status).toBe(200);
    const { user, accessToken } = await login(first.url);
    expect(user.roles).toEqual(['user', 'admin']);

    const store = connectEventStore({ url: node.url, connectionName: 'test' });
    const types = async (): Promise<string[]> => {
      const found = [];
      for await (const event of store.readStream(`user-${user.id}`)) found.push(event.type);
      return found;
    };
    await until(async () => (await types()).length === 2, { deadline: 10_000, what: 'both facts' });
    expect(await types()).toEqual(['UserRegistered', 'RoleGranted']);
    expect(await (await fetch(`${first.url}/metrics`)).text()).toContain('auth_outbox_events{state="parked",service="auth"} 0');

    first.child.kill('SIGKILL');
    const second = await start();
    const mine = await fetch(`${second.url}/api/auth/me`, { headers: { authorization: `Bearer ${accessToken}` } });
    expect(mine.status).toBe(200);
    second.child.kill('SIGTERM');
    expect(await once(second.child, 'exit')).toEqual([0, null]);
    expect(await types()).toHaveLength(2);
    await store.close();
    expect([...first.raw, ...second.raw].join('\n')).not.toContain(admin.password);
  }, 60_000);

  it('ends when its parent is gone', async () => {
    const parent = spawn(process.execPath, ['-e', 'process.stdin.resume()'], { stdio: ['pipe', 'ignore', 'ignore'] });
    await once(parent, 'spawn');
    const service = await start({ TIKETI_PARENT_PID: String(parent.pid) });
    const exited = once(service.child, 'exit');
    parent.kill('SIGKILL');
    expect(await exited).toEqual([0, null]);
  }, 60_000);

  it('names every fault of its environment and exits 1', async () => {
    const { child, raw } = run({ PORT: 'many', DATABASE_URL: 'mysql://root:hunter2@x', AUTH_KEY_SECRET: 'hunter2' });
    expect(await once(child, 'exit')).toEqual([1, null]);
    const text = raw.join('\n');
    for (const name of ['PORT', 'DATABASE_URL', 'EVENTSTORE_URL is missing', 'AUTH_KEY_SECRET']) expect(text).toContain(name);
    expect(text).not.toContain('hunter2');
  }, 30_000);
});
