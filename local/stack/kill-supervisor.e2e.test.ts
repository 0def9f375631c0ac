import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { repositoryRoot } from '../parts/repository.js';
import { until } from '../parts/until.js';
import { isSameProcess } from './process-mark.js';
import type { RunInfo } from './run-info.js';

type Said = { run: RunInfo; postgres: string };

describe('when the supervisor is killed', () => {
  let home: string;
  let supervisor: ChildProcess | undefined;

  beforeEach(async () => {
    home = await mkdtemp(path.join(tmpdir(), 'tiketi-kill-'));
    await writeFile(path.join(home, 'diary'), '');
  });
  afterEach(async () => {
    if (supervisor && supervisor.exitCode === null && supervisor.signalCode === null) {
      supervisor.kill('SIGTERM');
      await once(supervisor, 'exit');
    }
    await rm(home, { recursive: true, force: true });
  });

  const start = async (): Promise<Said> => {
    const program = path.join(repositoryRoot(), 'local/stack/testing/start-fakes.mjs');
    const child = spawn(process.execPath, [program, home, path.join(home, 'diary')], { stdio: ['ignore', 'pipe', 'inherit'] });
    supervisor = child;
    const [line] = (await once(createInterface({ input: child.stdout }), 'line')) as [string];
    const said = JSON.parse(line) as Said | { error: string };
    if ('error' in said) throw new Error(said.error);
    return said;
  };

  const query = async (url: string, sql: string) => {
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    try {
      return (await client.query<Record<string, unknown>>(sql)).rows;
    } finally {
      await client.end();
    }
  };

  it('every part ends by itself, one that is deaf to requests too, and the next start finds the data', async () => {
    const first = await start();
    await query(first.postgres, 'CREATE TABLE bookings AS SELECT 42 AS id');
    supervisor?.kill('SIGKILL');
    const second = await start();
    for (const { pid, mark } of Object.values(first.run.parts)) expect(await isSameProcess(pid ?? 0, mark ?? '')).toBe(false);
    expect(await query(second.postgres, 'SELECT id FROM bookings')).toEqual([{ id: 42 }]);
  }, 60_000);

  it('needs nobody to come and look', async () => {
    const { run } = await start();
    supervisor?.kill('SIGKILL');
    const alive = async () => {
      const parts = await Promise.all(Object.values(run.parts).map(({ pid, mark }) => isSameProcess(pid ?? 0, mark ?? '')));
      return parts.filter(Boolean).length;
    };
    await until(async () => (await alive()) === 0, { deadline: 15_000, what: 'all parts to end' });
  }, 60_000);
});
