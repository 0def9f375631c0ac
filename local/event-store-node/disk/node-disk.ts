import { type FileHandle, mkdir, open, readdir } from 'node:fs/promises';
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
  writeDurably: async (bytes, position) => {
    let written = 0;
    while (written < bytes.length) {
      const { bytesWritten } = await handle.write(bytes, written, bytes.length - written, position + written);
      written += bytesWritten;
    }
    await handle.datasync();
  },
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
  };
};
