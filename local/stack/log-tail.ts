import { open } from 'node:fs/promises';

/** The last lines of a log, at most `lines` of them and 4 KiB. */
export async function logTail(file: string, lines = 8): Promise<string> {
  const handle = await open(file).catch(() => undefined);
  if (!handle) return '';
  try {
    const { size } = await handle.stat();
    const { buffer, bytesRead } = await handle.read({ buffer: Buffer.alloc(4_096), position: Math.max(0, size - 4_096) });
    const text = buffer.toString('utf8', 0, bytesRead).trimEnd();
    return text.split('\n').slice(-lines).join('\n');
  } finally {
    await handle.close();
  }
}
