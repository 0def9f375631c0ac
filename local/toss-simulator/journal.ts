import { createReadStream } from 'node:fs';
import { type FileHandle, mkdir, open } from 'node:fs/promises';
import { dirname } from 'node:path';

export type Journal = {
  /** Resolves once the line is on disk (written and synced); lines appended together share one sync. */
  append(line: string): Promise<void>;
  /** Resolves once everything appended so far is on disk. */
  flushed(): Promise<void>;
  close(): Promise<void>;
};

/**
 * Opens an append-only file of lines and hands every complete line to `replay` first. A tail without a newline is a write cut
 * short by a crash, so nobody was told of it: it is removed. After a failed write every later call rejects.
 */
export async function openJournal(file: string, replay: (line: string, number: number) => void): Promise<Journal> {
  await mkdir(dirname(file), { recursive: true });
  const handle = await open(file, 'a+');
  try {
    const directory = await open(dirname(file), 'r');
    await directory.sync().finally(() => directory.close());
    await handle.truncate(await replayLines(file, replay));
  } catch (error) {
    await handle.close();
    throw error;
  }
  return appendingTo(handle);
}

async function replayLines(file: string, replay: (line: string, number: number) => void): Promise<number> {
  let rest = Buffer.alloc(0);
  let complete = 0;
  let number = 0;
  for await (const chunk of createReadStream(file)) {
    rest = Buffer.concat([rest, chunk as Buffer]);
    for (let end = rest.indexOf(10); end >= 0; end = rest.indexOf(10)) {
      number += 1;
      replay(rest.toString('utf8', 0, end), number);
      complete += end + 1;
      rest = rest.subarray(end + 1);
    }
  }
  return complete;
}

function appendingTo(handle: FileHandle): Journal {
  let waiting: string[] = [];
  let written: Promise<void> = Promise.resolve();
  let batch: Promise<void> | undefined;

  const writeBatch = async (before: Promise<void>): Promise<void> => {
    await before;
    const lines = waiting;
    waiting = [];
    batch = undefined;
    await handle.appendFile(lines.join(''));
    await handle.datasync();
  };

  return {
    append(line) {
      waiting.push(`${line}\n`);
      if (batch === undefined) {
        batch = writeBatch(written);
        written = batch;
        // every caller sees a failure through its own promise; this one only keeps Node from calling it unhandled
        written.catch(() => undefined);
      }
      return batch;
    },
    flushed: () => written,
    async close() {
      await written.catch(() => undefined);
      await handle.close();
    },
  };
}
