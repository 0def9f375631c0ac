import { open, rm } from 'node:fs/promises';
import path from 'node:path';
import { echoClient } from './echo.js';
import { closedLoop } from './pace.js';

const perSecond = (count: number, begun: number) => count / ((performance.now() - begun) / 1000);

/** Writes of so many bytes to a growing file of the folder, each followed by a sync; how many a second. */
export const syncsPerSecond = async (folder: string, bytes: number, seconds: number): Promise<number> => {
  const name = path.join(folder, 'sync-trial');
  const file = await open(name, 'w');
  const block = Buffer.alloc(bytes, 1);
  let count = 0;
  const begun = performance.now();
  try {
    for (; performance.now() - begun < seconds * 1000; count += 1) {
      await file.write(block);
      await file.datasync();
    }
    return perSecond(count, begun);
  } finally {
    await file.close();
    await rm(name);
  }
};

/** gRPC alone, bytes there and back, so many under way at once; answers a second. */
export const echoesPerSecond = async (
  address: string,
  how: 'unary' | 'bidi',
  bytes: number,
  inFlight: number,
  seconds: number,
): Promise<number> => {
  const client = echoClient(address);
  const message = Buffer.alloc(bytes, 1);
  const begun = performance.now();
  try {
    if (how === 'unary') {
      const answers = await closedLoop(async () => String((await client.unary(message)).length), inFlight, seconds);
      return perSecond(answers.length, begun);
    }
    let count = 0;
    const stream = client.bidi();
    const ended = new Promise<void>((resolve, reject) => stream.on('end', resolve).on('error', reject));
    stream.on('data', () => {
      count += 1;
      if (performance.now() - begun < seconds * 1000) stream.write(message);
      else stream.end();
    });
    for (let sent = 0; sent < inFlight; sent += 1) stream.write(message);
    await ended;
    return perSecond(count, begun);
  } finally {
    client.close();
  }
};
