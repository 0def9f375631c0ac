import { z } from 'zod';

/** Every fault of the environment at once. Names variables, never their values. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  constructor(readonly faults: readonly string[]) {
    super(`bad configuration:\n${faults.map((fault) => `  - ${fault}`).join('\n')}`);
    // who started the process wants the faults, not our call stack
    this.stack = `ConfigError: ${this.message}`;
  }
}

/** Reads the environment once. An empty variable counts as unset. Throws ConfigError naming every fault. */
export const readConfig = <S extends z.ZodObject>(schema: S, env: NodeJS.ProcessEnv = process.env): z.infer<S> => {
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== undefined && value !== ''));
  const parsed = schema.safeParse(given, { reportInput: false });
  if (parsed.success) return parsed.data;
  throw new ConfigError(
    parsed.error.issues.map((issue) => {
      const name = issue.path.join('.') || 'environment';
      return given[String(issue.path[0])] === undefined ? `${name} is missing` : `${name}: ${issue.message}`;
    }),
  );
};

const urlWith = (...schemes: readonly string[]) =>
  z.string().refine((value) => URL.canParse(value) && schemes.includes(new URL(value).protocol.slice(0, -1)), {
    error: `must be a URL of ${schemes.map((scheme) => `${scheme}://`).join(' or ')}`,
  });

/** Variables shared by the services; each picks what it needs: `z.object({ PORT: serviceEnv.shape.PORT, … })`. */
export const serviceEnv = z.object({
  /** 0 takes any free port. */
  PORT: z.coerce.number().int().min(0).max(65535).default(0),
  HOST: z.string().default('127.0.0.1'),
  LOG_LEVEL: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent']).default('info'),
  DATABASE_URL: urlWith('postgres', 'postgresql').optional(),
  EVENTSTORE_URL: urlWith('esdb', 'esdb+discover', 'kurrentdb', 'kurrentdb+discover').optional(),
  REDIS_URL: urlWith('redis', 'rediss').optional(),
  AUTH_JWKS_URL: urlWith('http', 'https').optional(),
  /** Shared by our own services for `/internal/*`. */
  SERVICE_TOKEN: z.string().min(16).optional(),
  /** Exit when this process is gone. */
  TIKETI_PARENT_PID: z.coerce.number().int().positive().optional(),
  /** How many proxies of ours stand before the service: that many entries of X-Forwarded-For are believed. */
  TRUSTED_PROXY_HOPS: z.coerce.number().int().min(0).max(10).default(1),
});
