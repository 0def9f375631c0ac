import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { open, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { repositoryRoot } from '../parts/repository.js';
import { logTail } from './log-tail.js';
import type { StackContext } from './part.js';
import { saveSecrets } from './secrets.js';

const PROGRAM = path.join(repositoryRoot(), 'local/dist/demo-data/main.js');

export type Seeding = { outcome: 'loaded' | 'already there' | 'left out' } | { outcome: 'failed'; why: string };

/** Loads the demo data through the edge, once for this folder; a failure is reported, and tried again at the next start. */
export async function seed(context: StackContext, signal?: AbortSignal, program = PROGRAM): Promise<Seeding> {
  const { home, secrets } = context;
  if (existsSync(home.seeded)) return { outcome: 'already there' };
  if (!existsSync(program) || !secrets.firstAdmin) return { outcome: 'left out' };
  const log = await open(home.log('demo-data'), 'a');
  const { email, password } = secrets.firstAdmin;
  const env = {
    ...process.env,
    EDGE_URL: context.url('edge'),
    ADMIN_EMAIL: email,
    ADMIN_PASSWORD: password,
    TIKETI_PARENT_PID: String(process.pid),
  };
  const child = spawn(process.execPath, [program], { env, stdio: ['ignore', log.fd, log.fd], ...(signal ? { signal } : {}) });
  const endWithUs = () => void child.kill();
  process.once('exit', endWithUs);
  const [code, how] = (await once(child, 'exit')) as [number | null, NodeJS.Signals | null];
  process.off('exit', endWithUs);
  await log.close();
  if (code !== 0) return { outcome: 'failed', why: `${how ?? `exit code ${code}`}\n${await logTail(home.log('demo-data'))}` };
  await writeFile(home.seeded, `${JSON.stringify({ seededAt: new Date().toISOString() })}\n`);
  await saveSecrets(home.secrets, { ...secrets, firstAdmin: undefined });
  return { outcome: 'loaded' };
}
