import { type FileHandle, mkdir, open, readdir, rename, rm } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import type { Disk, DiskFile } from './disk.js';

const nodeFile = (handle: FileHandle): DiskFile => ({
  size: async () => (await handle.stat()).size,
  read: async (target, position) => {
    let filled = 0;
    while (filled < target.length) {
      const { bytesRead } = await handle.read(target, filled, target.length - filled, position + filled);
      if (bytesRead === 0) break;
      filled += bytesRead;
    }
    return filled;
  },
  write: async (bytes, position) => {
    let written = 0;
    while (written < bytes.length) {
      const { bytesWritten } = await handle.write(bytes, written, bytes.length - written, position + written);
      written += bytesWritten;
    }
  },
  sync: () => handle.datasync(),
  truncate: async (length) => {
    await handle.truncate(length);
    await handle.sync();
  },
  close: () => handle.close(),
});

/** Throws an error of its own: one about room must not be taken for a write that found none. */
const syncDirectory = async (directory: string): Promise<void> => {
  const handle = await open(directory, 'r');
  try {
    await handle.sync();
  } catch (cause) {
    throw new Error(`The folder ${directory} could not be synced.`, { cause });
  } finally {
    await handle.close();
  }
};

const makeFile = async (directory: string, name: string): Promise<DiskFile> => {
  const handle = await open(join(directory, name), 'wx+');
  try {
    await syncDirectory(directory);
  } catch (error) {
    await handle.close();
    throw error;
  }
  return nodeFile(handle);
};

/** Makes what is missing of the folder's path. The folder's own names are synced too: a killed process may have left some in the cache. */
const makeFolder = async (directory: string): Promise<void> => {
  const made = await mkdir(directory, { recursive: true });
  await syncDirectory(directory);
  if (made === undefined) return;
  for (let path = resolve(directory), top = dirname(resolve(made)); path !== top; ) {
    path = dirname(path);
    await syncDirectory(path);
  }
};

const replaceFile = async (directory: string, name: string, fill: (file: DiskFile) => Promise<void>): Promise<void> => {
  const path = join(directory, name);
  const beside = `${path}.new`;
  try {
    const handle = await open(beside, 'w+');
    try {
      await fill(nodeFile(handle));
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(beside, path);
  } catch (error) {
    await rm(beside, { force: true });
    throw error;
  }
  await syncDirectory(directory);
};

/** A disk over one folder of the file system; makes the folder when it is missing. */
export const openNodeDisk = async (directory: string): Promise<Disk> => {
  await makeFolder(directory);
  return {
    list: () => readdir(directory),
    open: async (name) => nodeFile(await open(join(directory, name), 'r+')),
    create: (name) => makeFile(directory, name),
    remove: async (name) => {
      await rm(join(directory, name), { force: true });
      await syncDirectory(directory);
    },
    replace: (name, fill) => replaceFile(directory, name, fill),
  };
};
