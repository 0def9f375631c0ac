import { readConfig } from '@tiketi/shared-kernel/service/config.js';
import { z } from 'zod';
import { seedDemoData } from './seed.js';

try {
  const env = readConfig(z.object({ EDGE_URL: z.url(), ADMIN_EMAIL: z.email(), ADMIN_PASSWORD: z.string().min(1) }));
  const begun = performance.now();
  const seeded = await seedDemoData({
    edgeUrl: env.EDGE_URL,
    email: env.ADMIN_EMAIL,
    password: env.ADMIN_PASSWORD,
    now: Date.now(),
  });
  console.log(JSON.stringify({ message: 'demo data ready', ...seeded, milliseconds: Math.round(performance.now() - begun) }));
} catch (error) {
  console.error(`demo data: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
}
