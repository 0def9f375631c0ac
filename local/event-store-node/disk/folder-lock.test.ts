import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { lockFolder } from './folder-lock.js';

describe('the lock on a folder', () => {
  let directory: string;
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'folder-lock-'));
  });
  afterEach(() => rm(directory, { recursive: true }));

  it('is held by one at a time and can be given back', async () => {
    const release = await lockFolder(directory);
    await expect(lockFolder(directory)).rejects.toMatchObject({ name: 'FolderInUseError' });
    await release();
    const again = await lockFolder(directory);
    await again();
    expect(await readdir(directory)).toEqual([]);
  });

  it('is taken over from a process that is gone', async () => {
    const child = spawn(process.execPath, ['-e', '0'], { stdio: 'ignore' });
    await once(child, 'exit');
    await writeFile(join(directory, 'node.lock'), `${child.pid} 12345\n`);
    await (await lockFolder(directory))();
  });

  it('is taken over when the process id has been given to another process since', async () => {
    await writeFile(join(directory, 'node.lock'), `${process.ppid} 1\n`);
    await (await lockFolder(directory))();
  });
});
