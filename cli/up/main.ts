import { errorText } from '@tiketi/local/parts/until.js';
import { endWithLauncher } from '@tiketi/local/stack/end-with-launcher.js';
import { StackFaults } from '@tiketi/local/stack/fault.js';
import { readyScreen } from '@tiketi/local/stack/screen.js';
import { type RunningStack, startStack } from '@tiketi/local/stack/start.js';
import { Command } from 'commander';

type Options = { port?: string; host?: string; fresh?: true; demo: boolean; replicas?: string };

const program = new Command('up')
  .description('Starts all of Tiketi on this machine and keeps it running until Ctrl-C.')
  .option('--port <number>', 'port of the site (default: 3000)')
  .option('--host <address>', 'address the site listens on (default: 127.0.0.1)')
  .option('--fresh', 'forget the data of earlier starts')
  .option('--no-demo', 'start without the demo data')
  .option('--replicas <number>', 'processes of the reservation service (default: TIKETI_RESERVATION_REPLICAS or 1)');

const say = (line: string) => console.log(line);
const abort = new AbortController();
let stack: RunningStack | undefined;
let askedAt: number | undefined;

/** Stops in order. A person who asks again, later than a terminal and npm repeat one Ctrl-C, wants it at once. */
function stop(again: boolean): void {
  const hurry = again && askedAt !== undefined && performance.now() - askedAt > 1_000;
  if (askedAt === undefined) say('\nStopping …');
  askedAt ??= performance.now();
  if (hurry && !stack) process.exit(130);
  // a start that hears nothing of being stopped is not waited for; its parts end with this process
  if (!stack) setTimeout(() => process.exit(130), 20_000).unref();
  abort.abort(new Error('stopped'));
  stack?.stop({ hurry }).then(
    () => process.exit(0),
    (error: unknown) => fail(error),
  );
}

function fail(error: unknown): never {
  console.error(error instanceof StackFaults ? error.message : `Tiketi cannot start: ${errorText(error)}`);
  process.exit(1);
}

for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => stop(true));
process.on('SIGHUP', () => stop(false));
endWithLauncher(() => stop(false));

const { port, host, fresh, demo, replicas } = program.parse().opts<Options>();
const chosen = {
  ...(port === undefined ? {} : { port }),
  ...(host === undefined ? {} : { host }),
  fresh: fresh === true,
  demoData: demo,
  ...(replicas === undefined ? {} : { replicas }),
};
say('Starting Tiketi …');
try {
  stack = await startStack({ ...chosen, say, signal: abort.signal });
  if (askedAt !== undefined) stop(false);
  else say(readyScreen(stack));
} catch (error) {
  if (askedAt !== undefined) process.exit(0);
  fail(error);
}
