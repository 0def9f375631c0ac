import type { Server as HttpServer } from 'node:http';
import { createServer, type Server, type Socket } from 'node:net';

/** The first bytes of every HTTP/2 connection, and so of every gRPC client. */
const HTTP2_PREFACE = 'PRI ';

/** A listener that serves gRPC and HTTP/1.1 on one port, told apart by a connection's first bytes. */
export const createSharedPort = (grpc: (socket: Socket) => void, http: HttpServer): { server: Server; sockets: Set<Socket> } => {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => socket.destroy());
    socket.setNoDelay(true);
    const sniff = (): void => {
      const first: Buffer | null = socket.read();
      if (first === null) {
        socket.once('readable', sniff);
        return;
      }
      socket.unshift(first);
      if (first.toString('latin1', 0, HTTP2_PREFACE.length) === HTTP2_PREFACE) grpc(socket);
      else http.emit('connection', socket);
    };
    socket.once('readable', sniff);
  });
  return { server, sockets };
};
