import { stackHome } from '@tiketi/local/stack/home.js';
import { currentRun } from '@tiketi/local/stack/run-info.js';
import { Command } from 'commander';
import { CommandError } from '../command-error.js';
import { siteAddress } from '../site-address.js';
import { tellBooking } from './booking-log.js';
import { listParked, replayParked } from './parked.js';
import { createSite, type Site } from './site.js';

/** What a part tells may hold anything; a terminal obeys control characters. */
const say = (line: string) => console.log(line.replaceAll(/\p{Cc}/gu, '\uFFFD'));

const program = new Command('tiketi')
  .description('Looks after a running Tiketi, as an operator (TIKETI_EMAIL and TIKETI_PASSWORD, or TIKETI_TOKEN).')
  .option('--url <address>', 'address of the site (default: the stack running here)');

const siteOf = async (): Promise<Site> => {
  const { url } = program.opts<{ url?: string }>();
  const file = stackHome().run;
  return createSite(siteAddress(url, await currentRun(file), file), process.env);
};

const replay = async (part: string, id: string | undefined) => {
  if (!(await replayParked(await siteOf(), part, id, say))) process.exitCode = 1;
};

const parked = program.command('parked').description('what could not be done and was set aside');
parked
  .command('list')
  .description('show it, with why')
  .argument('[part]', 'reservation, payment or projectors; all of them otherwise')
  .action(async (part?: string) => listParked(await siteOf(), part, say));
parked.command('replay').description('try one item again').argument('<part>').argument('<id>', 'as listed').action(replay);
parked
  .command('replay-all')
  .description('try everything a part has set aside again')
  .argument('<part>')
  .action((part: string) => replay(part, undefined));

program
  .command('booking')
  .description('what happened to a booking')
  .command('log')
  .description('tell it event by event')
  .argument('<reservationId>', 'the id, not the number on the ticket (TK-…)')
  .action(async (id: string) => tellBooking(await siteOf(), id, say));

try {
  await program.parseAsync();
} catch (error) {
  if (!(error instanceof CommandError)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
