import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Redis } from 'ioredis';
import { type RunningRedis, startRedis } from './redis.js';
import { findRedis } from './redis-binary.js';

describe('Redis', () => {
  let directory: string;
  let running: RunningRedis | undefined;

  beforeEach(async () => {
    directory = await mkdtemp(path.join(tmpdir(), 'tiketi-redis-test-'));
  });
  afterEach(async () => {
    await running?.stop();
    await rm(directory, { recursive: true, force: true });
  });

  const say = async (...command: [string, ...string[]]) => {
    const client = new Redis(running?.url ?? '');
    try {
      return await client.call(...command);
    } finally {
      client.disconnect();
    }
  };

  it('keeps its data over a restart', async () => {
    running = await startRedis({ directory });
    await say('SET', 'epoch', '7');
    await running.stop();
    running = await startRedis({ directory });
    expect(await say('GET', 'epoch')).toBe('7');
  });

  it('takes the server on PATH before any other', async () => {
    const bin = path.join(directory, 'bin');
    await mkdir(bin);
    await writeFile(path.join(bin, 'valkey-server'), '');
    await chmod(path.join(bin, 'valkey-server'), 0o755);
    expect(await findRedis({ unpackInto: directory, env: { PATH: bin } })).toEqual({ command: path.join(bin, 'valkey-server') });
  });

  it('installs nothing when told not to, and says what to do', async () => {
    const finding = findRedis({ unpackInto: directory, env: { PATH: directory, TIKETI_NO_INSTALL: '1' } });
    await expect(finding).rejects.toThrow(/TIKETI_NO_INSTALL=1.*REDIS_URL/s);
  });
});
