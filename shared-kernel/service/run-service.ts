import { once } from 'node:events';
import type { RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { isOfTheClient } from '../event-sourcing/event-store/stray-rejections.js';
import { createAppServer } from './app-server.js';
import type { Logger } from './logger.js';
import { watchParent } from './watch-parent.js';

export type ServiceOptions = {
  readonly name: string;
  readonly logger: Logger;
  readonly app: RequestListener;
  readonly host: string;
  readonly port: number;
  /** Called once nothing more is served: close pools, stop consumers. */
  readonly onStop: () => Promise<void>;
  readonly parentPid?: number | undefined;
  /** How long requests in flight may take to finish (ms); 10 s by default. */
  readonly graceMs?: number;
  /** Rejections nobody handled which need not end the process, besides those of the store's client. */
  readonly harmless?: (error: unknown) => boolean;
};

export type RunningService = { readonly port: number; readonly stop: () => Promise<void> };

/**
 * Connections that may wait to be accepted (Linux caps it by `net.core.somaxconn`, 4,096 by default). Of Node's 511 a rush fills all in a
 * moment, and those turned away try again after one, three and seven seconds, which no answer tells of.
 */
const BACKLOG = 4096;

const listen = async (o: ServiceOptions) => {
  const server = createAppServer(o.app, { keepAliveTimeout: 65_000, headersTimeout: 20_000, requestTimeout: 60_000 });
  server.listen({ port: o.port, host: o.host, backlog: BACKLOG });
  await once(server, 'listening');
  return server;
};

/**
 * Serves until SIGTERM, SIGINT or the parent's death: then takes no more connections, lets what is in flight finish, calls `onStop`
 * and exits 0. An exception or rejection nobody handled is logged as fatal and ends the process with 1. Logs `listening` with the port.
 */
export const runService = async (o: ServiceOptions): Promise<RunningService> => {
  const server = await listen(o);
  const { port } = server.address() as AddressInfo;
  let stopping: Promise<void> | undefined;
  // a connection kept alive after its last answer would hold the stop up
  server.on('request', (_req, res) => {
    res.once('close', () => {
      if (stopping !== undefined) setImmediate(() => server.closeIdleConnections());
    });
  });

  const drain = async (): Promise<void> => {
    const closed = once(server, 'close');
    server.close();
    server.closeIdleConnections();
    const timer = setTimeout(() => server.closeAllConnections(), o.graceMs ?? 10_000);
    await closed;
    clearTimeout(timer);
    await o.onStop();
  };

  const stop = (): Promise<void> => {
    stopping ??= drain().finally(unhook);
    return stopping;
  };

  const exitAfterStop = (reason: string): void => {
    o.logger.info({ reason }, 'stopping');
    stop().then(
      () => process.exit(0),
      (error: unknown) => {
        o.logger.fatal({ err: error }, 'stopping failed');
        process.exit(1);
      },
    );
  };

  const onSignal = (signal: NodeJS.Signals): void => exitAfterStop(signal);
  const onRejection = (error: unknown): void => {
    // the store's adapter logs these itself
    if (isOfTheClient(error)) return;
    if (o.harmless?.(error) === true) o.logger.warn({ err: error }, 'unhandled rejection, known to be harmless');
    else onUnhandled(error);
  };
  const onUnhandled = (error: unknown): void => {
    o.logger.fatal({ err: error }, 'unhandled error');
    process.exit(1);
  };
  const unwatch = o.parentPid === undefined ? undefined : watchParent(o.parentPid, () => exitAfterStop('parent gone'));

  const unhook = (): void => {
    unwatch?.();
    process.off('SIGTERM', onSignal).off('SIGINT', onSignal);
    process.off('unhandledRejection', onRejection).off('uncaughtException', onUnhandled);
  };

  process.on('SIGTERM', onSignal).on('SIGINT', onSignal);
  process.on('unhandledRejection', onRejection).on('uncaughtException', onUnhandled);
  o.logger.info({ name: o.name, host: o.host, port }, 'listening');
  return { port, stop };
};
