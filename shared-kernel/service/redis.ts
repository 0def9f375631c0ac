import { Redis } from 'ioredis';
import type { Logger } from './logger.js';

/** A connection that fails fast while Redis is away, so that a request never waits for it, and comes back by itself. */
export const connectRedis = (url: string, logger: Logger): Redis => {
  const redis = new Redis(url, {
    enableOfflineQueue: false,
    maxRetriesPerRequest: 1,
    commandTimeout: 1000,
    // nobody waits any more for what was under way when the connection was lost
    autoResendUnfulfilledCommands: false,
    // what many requests ask in the same moment goes out together: half the cost of a command each
    enableAutoPipelining: true,
    retryStrategy: (attempt) => Math.min(2000, attempt * 100),
  });
  redis.on('error', (error) => logger.warn({ err: error }, 'redis connection failed'));
  return redis;
};
