import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';

/**
 * Ports from here are outside the ranges Linux and macOS draw from for outgoing connections, so that a part which restarts does
 * not find its port taken by somebody's client socket.
 */
const FIRST = 20_000;
const LAST = 32_000;

/** A TCP port of 127.0.0.1 that nobody listens on at this moment; whoever takes it must cope with losing the race. */
export async function freePort(): Promise<number> {
  for (let attempt = 0; attempt < 200; attempt += 1) {
    const port = randomInt(FIRST, LAST);
    if (await isPortFree(port)) return port;
  }
  throw new Error(`no free port found between ${FIRST} and ${LAST} on 127.0.0.1`);
}

/** Whether something could listen on this port now. */
export async function isPortFree(port: number, host = '127.0.0.1'): Promise<boolean> {
  const server = createServer();
  return new Promise((resolve) => {
    server.once('error', () => resolve(false));
    server.listen(port, host, () => server.close(() => resolve(true)));
  });
}
