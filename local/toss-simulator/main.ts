import { pino } from 'pino';
import { z } from 'zod';
import { endWithParent } from '../parts/end-with-parent.js';
import { startTossSimulator } from './server.js';
import { defaultSettings, Settings, SettingsChange } from './settings.js';

const Behaviour = z
  .string()
  .default('{}')
  .transform((text, context) => {
    try {
      return JSON.parse(text) as unknown;
    } catch {
      context.addIssue('not JSON');
      return z.NEVER;
    }
  })
  .pipe(SettingsChange)
  .transform((change) => Settings.parse({ ...defaultSettings, ...change }));

const Environment = z.object({
  TOSS_SIMULATOR_DIR: z.string().min(1),
  TOSS_SIMULATOR_PORT: z.coerce.number().int().min(0).max(65_535),
  TOSS_SIMULATOR_PUBLIC_URL: z.url().optional(),
  TOSS_WEBHOOK_URL: z.url({ protocol: /^https?$/ }).optional(),
  TOSS_SIMULATOR_SETTINGS: Behaviour,
  TOSS_SECRET_KEY: z.string().min(1),
  TOSS_CLIENT_KEY: z.string().min(1),
});

const log = pino({ name: 'toss-simulator' });
const settings = Environment.safeParse(process.env);
if (!settings.success) {
  log.fatal({ faults: settings.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`) }, 'bad settings');
  process.exit(1);
}
const env = settings.data;

const simulator = await startTossSimulator({
  directory: env.TOSS_SIMULATOR_DIR,
  port: env.TOSS_SIMULATOR_PORT,
  secretKey: env.TOSS_SECRET_KEY,
  clientKey: env.TOSS_CLIENT_KEY,
  ...(env.TOSS_SIMULATOR_PUBLIC_URL === undefined ? {} : { publicUrl: env.TOSS_SIMULATOR_PUBLIC_URL.replace(/\/$/, '') }),
  ...(env.TOSS_WEBHOOK_URL === undefined ? {} : { webhookUrl: env.TOSS_WEBHOOK_URL }),
  settings: env.TOSS_SIMULATOR_SETTINGS,
  onError: (error) => log.error({ err: error }, 'request failed'),
}).catch((error: unknown) => {
  log.fatal({ err: error }, 'cannot start');
  process.exit(1);
});
log.info({ url: simulator.url }, 'listening');

let stopping = false;
async function stop(): Promise<void> {
  if (stopping) return;
  stopping = true;
  await simulator.close();
  process.exit(0);
}
process.on('SIGTERM', () => void stop());
process.on('SIGINT', () => void stop());

endWithParent(() => void stop());
