import { z } from 'zod';
import type { Fault } from './fault.js';

const url = (...protocols: string[]) =>
  z
    .string()
    .refine(
      (text) => URL.canParse(text) && protocols.includes(new URL(text).protocol.slice(0, -1)),
      `must be a URL of ${protocols.join(' or ')}`,
    )
    .optional();

const REPLICAS = 'TIKETI_RESERVATION_REPLICAS';

const Settings = z
  .object({
    /** 0: a free one. */
    port: z.coerce
      .number('must be a port number')
      .int('must be a port number')
      .min(0, 'must be at least 0')
      .max(65_535, 'must be at most 65535'),
    host: z.string().min(1),
    EVENTSTORE_URL: url('esdb', 'esdb+discover', 'kurrentdb', 'kurrentdb+discover'),
    DATABASE_URL: url('postgres', 'postgresql'),
    REDIS_URL: url('redis', 'rediss'),
    TOSS_BASE_URL: url('http', 'https'),
    TOSS_CHECKOUT_URL: z.string().optional(),
    TOSS_SECRET_KEY: z.string().min(1).optional(),
    TOSS_CLIENT_KEY: z.string().min(1).optional(),
    /** Processes of the reservation service, side by side. */
    TIKETI_RESERVATION_REPLICAS: z.coerce
      .number('must be a number')
      .int('must be a whole number')
      .min(1, 'must be at least 1')
      .max(9, 'must be at most 9')
      .default(1),
    LOG_LEVEL: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']).default('info'),
  })
  .refine((s) => s.TOSS_BASE_URL === undefined || (s.TOSS_SECRET_KEY !== undefined && s.TOSS_CLIENT_KEY !== undefined), {
    path: ['TOSS_BASE_URL'],
    message: 'needs TOSS_SECRET_KEY and TOSS_CLIENT_KEY beside it',
  });
export type StackSettings = z.infer<typeof Settings>;

/**
 * Reads what the person chose. A wrong setting is reported and its default stands in, so that everything else can be looked at
 * too and all faults be told together.
 */
export function readSettings(
  chosen: { port?: number | string; host?: string; replicas?: string },
  env: Readonly<Record<string, string | undefined>>,
): { settings: StackSettings; faults: readonly Fault[] } {
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== undefined && value !== ''));
  const { replicas } = chosen;
  const all = {
    ...given,
    ...(replicas === undefined ? {} : { [REPLICAS]: replicas }),
    ...{ port: chosen.port ?? 3000, host: chosen.host ?? '127.0.0.1' },
  };
  const options = new Set(['port', 'host', ...(replicas === undefined ? [] : [REPLICAS])]);
  const faults: Fault[] = [];
  // a rule between settings is only looked at once each of them is right by itself, so one look may not find everything
  for (let rest: Record<string, unknown> = all; ; ) {
    const read = Settings.safeParse(rest);
    if (read.success) return { settings: read.data, faults };
    faults.push(...read.error.issues.map((issue) => faultOf(issue, options)));
    const wrong = new Set(read.error.issues.map(({ path }) => path.join('.')));
    const right = Object.fromEntries(Object.entries(rest).filter(([name]) => !wrong.has(name)));
    rest = { port: 3000, host: '127.0.0.1', ...right };
  }
}

/** `options`: what was given on the command line, which is told by the name it has there. */
function faultOf({ path, message }: z.core.$ZodIssue, options: ReadonlySet<string>): Fault {
  const name = path.join('.');
  const option = name === REPLICAS ? '--replicas' : `--${name}`;
  if (options.has(name)) return { what: `The setting ${option} ${message}.`, remedy: `Give another: npm run up -- ${option} …` };
  return { what: `The setting ${name} ${message}.`, remedy: `Correct it or leave it out: unset ${name}` };
}
