import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';

export type TcpProxy = {
  readonly port: number;
  /** Connections so far. */
  readonly connections: () => number;
  /** Those open stay open and carry nothing: a frozen peer, a dead link. New ones work, unless `newOnesToo`. */
  readonly freeze: (newOnesToo?: boolean) => void;
  /** What was held back goes on. */
  readonly thaw: () => void;
  /** Breaks those open. */
  readonly cut: () => void;
  /** Nobody listens, until `listen`. */
  readonly refuse: () => Promise<void>;
  readonly listen: () => Promise<void>;
  readonly close: () => Promise<void>;
};

/** Stands between a client and a server on loopback and does what networks do. */
export const startTcpProxy = async (targetPort: number): Promise<TcpProxy> => {
  const pairs = new Set<readonly [Socket, Socket]>();
  let frozen = false;
  let connections = 0;
  let port = 0;
  // paused sockets alone do not stop a pipe, which resumes them by itself
  const stopPipes = ([client, server]: readonly [Socket, Socket]) => {
    client.unpipe(server).pause();
    server.unpipe(client).pause();
  };
  const startPipes = ([client, server]: readonly [Socket, Socket]) => {
    // a second pipe beside one that never stopped would carry everything twice
    client.unpipe(server).pipe(server);
    server.unpipe(client).pipe(client);
  };

  const listener = createServer((client) => {
    const server = connect(targetPort, '127.0.0.1');
    const pair = [client, server] as const;
    connections += 1;
    pairs.add(pair);
    for (const socket of pair) {
      socket.on('error', () => undefined);
      socket.on('close', () => {
        pairs.delete(pair);
        client.destroy();
        server.destroy();
      });
    }
    if (!frozen) startPipes(pair);
  });
  const listen = async () => {
    listener.listen(port, '127.0.0.1');
    await once(listener, 'listening');
    const address = listener.address();
    if (address === null || typeof address === 'string') throw new Error('not listening on a port');
    port = address.port;
  };
  const cut = () => {
    for (const pair of [...pairs]) for (const socket of pair) socket.destroy();
  };
  const refuse = async () => {
    if (!listener.listening) return;
    const closed = once(listener, 'close');
    listener.close();
    cut();
    await closed;
  };
  await listen();

  return {
    port,
    connections: () => connections,
    freeze: (newOnesToo = false) => {
      frozen = newOnesToo;
      for (const pair of pairs) stopPipes(pair);
    },
    thaw: () => {
      frozen = false;
      for (const pair of pairs) startPipes(pair);
    },
    cut,
    refuse,
    listen,
    close: refuse,
  };
};
