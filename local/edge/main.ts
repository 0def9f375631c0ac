import path from 'node:path';
import { readConfig, serviceEnv } from '@tiketi/shared-kernel/service/config.js';
import { createLogger } from '@tiketi/shared-kernel/service/logger.js';
import { z } from 'zod';
import { endWithParent } from '../parts/end-with-parent.js';
import { repositoryRoot } from '../parts/repository.js';
import { createEdge } from './app.js';
import { UPSTREAMS, type Upstream } from './routes.js';

const EdgeConfig = serviceEnv.pick({ PORT: true, HOST: true, LOG_LEVEL: true }).extend({
  CLIENT_DIR: z.string().default(path.join(repositoryRoot(), 'frontend/dist')),
  AUTH_URL: z.url().optional(),
  CATALOG_URL: z.url().optional(),
  /** Each of its replicas, apart by commas. */
  RESERVATION_URL: z
    .string()
    .transform((text) => text.split(','))
    .pipe(z.array(z.url()))
    .optional(),
  PAYMENT_URL: z.url().optional(),
  QUERY_API_URL: z.url().optional(),
  PROJECTORS_URL: z.url().optional(),
  TOSS_SIMULATOR_URL: z.url().optional(),
  REALTIME_GATEWAY_URL: z.url().optional(),
});

const config = readConfig(EdgeConfig);
const given: Record<Upstream, string | readonly string[] | undefined> = {
  auth: config.AUTH_URL,
  catalog: config.CATALOG_URL,
  reservation: config.RESERVATION_URL,
  payment: config.PAYMENT_URL,
  'query-api': config.QUERY_API_URL,
  projectors: config.PROJECTORS_URL,
  'toss-simulator': config.TOSS_SIMULATOR_URL,
  'realtime-gateway': config.REALTIME_GATEWAY_URL,
};
const upstreams: Partial<Record<Upstream, readonly URL[]>> = {};
for (const name of UPSTREAMS) {
  const urls = [given[name] ?? []].flat();
  if (urls.length > 0) upstreams[name] = urls.map((url) => new URL(url));
}

const log = createLogger({ service: 'edge', level: config.LOG_LEVEL });
const server = createEdge({ upstreams, clientFolder: path.resolve(config.CLIENT_DIR), log });
server.once('error', (error) => {
  log.fatal({ err: error }, 'the edge cannot listen');
  process.exit(1);
});
// as the services: a rush must not be turned away before anybody has seen it
server.listen({ port: config.PORT, host: config.HOST, backlog: 4096 }, () =>
  log.info({ port: config.PORT, host: config.HOST }, 'listening'),
);

const stop = () => {
  server.close(() => process.exit(0));
  server.closeIdleConnections();
  setTimeout(() => server.closeAllConnections(), 3_000).unref();
};
process.once('SIGTERM', stop);
process.once('SIGINT', stop);
endWithParent(stop);
