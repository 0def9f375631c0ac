import { pino } from 'pino';
import { z } from 'zod';
import { startEventStoreNode } from './server.js';

const PARENT_POLL_MS = 500;

const environment = z
  .object({
    EVENT_STORE_NODE_DIR: z.string().min(1),
    EVENT_STORE_NODE_PORT: z.coerce.number().int().min(0).max(65_535),
    TIKETI_PARENT_PID: z.coerce.number().int().positive().optional(),
  })
  .safeParse(process.env);

const logger = pino({ name: 'event-store-node' });

const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
};

const main = async (): Promise<void> => {
  if (!environment.success) {
    logger.fatal(
      { faults: environment.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`) },
      'bad settings',
    );
    process.exitCode = 1;
    return;
  }
  const { EVENT_STORE_NODE_DIR: directory, EVENT_STORE_NODE_PORT: port, TIKETI_PARENT_PID: parent } = environment.data;
  const started = performance.now();
  const node = await startEventStoreNode({ directory, port, logger }).catch((cause: Error) => {
    throw new Error(`could not start on ${directory}: ${cause.message}`, { cause });
  });
  const watch =
    parent === undefined
      ? undefined
      : setInterval(() => {
          if (!isAlive(parent)) stop('parent gone');
        }, PARENT_POLL_MS);
  const stop = (reason: string): void => {
    clearInterval(watch);
    logger.info({ reason }, 'stopping');
    node.close().then(
      () => process.exit(0),
      (error: unknown) => {
        logger.error({ err: error }, 'stop failed');
        process.exit(1);
      },
    );
  };
  process.once('SIGTERM', () => stop('SIGTERM'));
  process.once('SIGINT', () => stop('SIGINT'));
  // last, so that whoever reads it may already send signals
  logger.info({ url: node.url, port: node.port, directory, openedMs: Math.round(performance.now() - started) }, 'ready');
};

main().catch((error: unknown) => {
  logger.fatal({ err: error }, error instanceof Error ? error.message : 'could not start');
  process.exit(1);
});
