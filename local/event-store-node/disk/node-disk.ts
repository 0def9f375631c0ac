import { type FileHandle, mkdir, open, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
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

const syncDirectory = async (directory: string): Promise<void> => {
  const handle = await open(directory, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
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
  await mkdir(directory, { recursive: true });
  return {
    list: () => readdir(directory),
    open: async (name) => nodeFile(await open(join(directory, name), 'r+')),
    create: async (name) => {
      const handle = await open(join(directory, name), 'wx+');
      await syncDirectory(directory);
      return nodeFile(handle);
    },
    remove: async (name) => {
      await rm(join(directory, name), { force: true });
      await syncDirectory(directory);
    },
    replace: (name, fill) => replaceFile(directory, name, fill),
  };
};
