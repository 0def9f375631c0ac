import { EventEmitter } from 'node:events';
import type { ServerHttp2Session } from 'node:http2';
import type { Server } from '@grpc/grpc-js';

/** Bytes that a connection may send ahead of what was taken from it: the largest append, and so the memory a stalled one can hold. */
export const RECEIVE_WINDOW = 1024 * 1024;

const widen = (session: ServerHttp2Session): void => {
  session.setLocalWindowSize(RECEIVE_WINDOW);
  session.settings({ initialWindowSize: RECEIVE_WINDOW });
};

/**
 * Lets clients send a whole append at once. By HTTP/2's own 64 KiB a hundred events go in several parts, each waiting for
 * both sides to come round to it: client and node then work in turns instead of at the same time. Call it once the
 * server has its ports or injectors. grpc-js lets only clients choose their window, so its HTTP/2 servers are taken from the
 * field that holds them; returns false, and changes nothing, should a later version keep them elsewhere.
 */
export const widenReceiveWindow = (grpc: Server): boolean => {
  const servers: unknown = Reflect.get(grpc, 'http2Servers');
  if (!(servers instanceof Map) || servers.size === 0) return false;
  for (const server of servers.keys()) if (server instanceof EventEmitter) server.on('session', widen);
  return true;
};
