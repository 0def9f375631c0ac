import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { lstat, mkdtemp, readdir, rm, symlink, writeFile } from 'node:fs/promises';
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

  it('needs no room on the disk, which may be full', async () => {
    const release = await lockFolder(directory);
    expect(await readdir(directory)).toEqual(['node.lock']);
    expect((await lstat(join(directory, 'node.lock'))).isSymbolicLink()).toBe(true);
    await release();
  });

  const goneProcess = async (): Promise<number | undefined> => {
    const child = spawn(process.execPath, ['-e', '0'], { stdio: 'ignore' });
    await once(child, 'exit');
    return child.pid;
  };

  it.each([
    ['', (path: string, text: string) => symlink(text, path)],
    [', also where that left a file', (path: string, text: string) => writeFile(path, `${text}\n`)],
  ])('is taken over from a process that is gone%s', async (_, leave) => {
    await leave(join(directory, 'node.lock'), `${await goneProcess()} 12345`);
    await (await lockFolder(directory))();
    expect(await readdir(directory)).toEqual([]);
  });

  it('is taken over by one alone of many that find it left behind', async () => {
    const gone = await goneProcess();
    for (let round = 0; round < 20; round += 1) {
      await symlink(`${gone} 12345`, join(directory, 'node.lock'));
      const attempts = await Promise.allSettled(Array.from({ length: 8 }, () => lockFolder(directory)));
      const taken = attempts.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []));
      expect(taken).toHaveLength(1);
      for (const release of taken) await release();
      expect(await readdir(directory)).toEqual([]);
    }
  });

  it('is taken over when the process id has been given to another process since', async () => {
    await writeFile(join(directory, 'node.lock'), `${process.ppid} 1\n`);
    await (await lockFolder(directory))();
  });
});
