import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { describe, expect, it } from '@jest/globals';
import { endChild, isRunning, spawnWithLifeline } from './lifeline.js';

describe('a child on a lifeline', () => {
  it('has the pid of the command itself and ends on request', async () => {
    const child = spawnWithLifeline({
      command: process.execPath,
      args: ['-e', 'console.log(process.pid); setInterval(() => {}, 1000)'],
      farewell: 'TERM',
    });
    const lines = createInterface({ input: child.stdout ?? process.stdin });
    const [line] = await once(lines, 'line');
    expect(Number(line)).toBe(child.pid);
    await endChild(child, 'SIGTERM', 5_000);
    expect(isRunning(child)).toBe(false);
  });

  it('is killed when it ignores the request', async () => {
    const child = spawnWithLifeline({
      command: process.execPath,
      args: ['-e', `process.on('SIGTERM', () => {}); console.log('deaf'); setInterval(() => {}, 1000)`],
      farewell: 'TERM',
    });
    await once(createInterface({ input: child.stdout ?? process.stdin }), 'line');
    await endChild(child, 'SIGTERM', 100);
    expect(child.signalCode).toBe('SIGKILL');
  });
});
