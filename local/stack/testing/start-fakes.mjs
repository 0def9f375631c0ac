// A supervisor of its own process, with real Postgres and Redis and fake services; uses the built files.
import { database, redis } from '../../dist/stack/data-parts.js';
import { startStack } from '../../dist/stack/start.js';
import { fakeParts } from '../../dist/stack/testing/fake-parts.js';

const [home, diary] = process.argv.slice(2);
const fakes = [
  { name: 'event-store' },
  { name: 'deaf', behaviour: 'deaf' },
  { name: 'edge', after: ['event-store', 'postgres', 'redis'] },
];
const parts = (settings) => [database(settings), redis(settings), ...fakeParts(diary, fakes)];
try {
  const stack = await startStack({ home, port: 0, demoData: false, env: {}, stopDeadline: 500, parts });
  process.on('SIGTERM', () => stack.stop().then(() => process.exit(0)));
  const postgres = stack.context.url('postgres');
  process.stdout.write(`${JSON.stringify({ run: stack.run, postgres })}\n`);
} catch (error) {
  process.stdout.write(`${JSON.stringify({ error: error.message })}\n`);
  process.exit(1);
}
