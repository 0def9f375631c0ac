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

/** Why nothing can listen on this port now: the system's error code (`EADDRINUSE`, `EACCES`, …); undefined where something could. */
export async function portTrouble(port: number, host = '127.0.0.1'): Promise<string | undefined> {
  const server = createServer();
  return new Promise((resolve) => {
    server.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
    server.listen(port, host, () => server.close(() => resolve(undefined)));
  });
}

/** Whether something could listen on this port now. */
export const isPortFree = async (port: number, host?: string): Promise<boolean> => (await portTrouble(port, host)) === undefined;
