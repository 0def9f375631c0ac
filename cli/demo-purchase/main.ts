import { stackHome } from '@tiketi/local/stack/home.js';
import { currentRun } from '@tiketi/local/stack/run-info.js';
import { OrderId, ReservationId } from '@tiketi/shared-kernel/contracts/ids.js';
import { inventoryStream, paymentStream, reservationStream } from '@tiketi/shared-kernel/contracts/streams.js';
import { connectEventStore } from '@tiketi/shared-kernel/event-sourcing/event-store/eventstoredb.js';
import { Command } from 'commander';
import { CommandError } from '../command-error.js';
import { siteAddress } from '../site-address.js';
import { createBuyer } from './buyer.js';
import { type Purchase, purchase } from './purchase.js';

const program = new Command('demo:purchase')
  .description('Buys two seats as a scripted buyer over HTTP and shows the events it left.')
  .option('--url <address>', 'address of the site (default: the stack running here)')
  .option('--event-store <url>', 'esdb:// address to read the events from (default: the stack running here)');

const { url, eventStore } = program.parse().opts<{ url?: string; eventStore?: string }>();
const runFile = stackHome().run;
const run = await currentRun(runFile);
const isOurs = (site: string): boolean => run !== undefined && new URL(site).origin === new URL(run.edgeUrl).origin;

const line = (left: string, milliseconds: string, right: string) =>
  console.log(`  ${left.padEnd(32)}${milliseconds.padStart(9)}  ${right}`);

/** Every event of the reservation, of its order, and of the inventory where it names the reservation, in log order. */
const eventsOf = async ({ ticket, orderId }: Purchase, storeUrl: string) => {
  const store = connectEventStore({ url: storeUrl, connectionName: 'demo-purchase' });
  const reservationId = ReservationId.parse(ticket.id);
  const streams = [
    reservationStream(reservationId),
    paymentStream(OrderId.parse(orderId)),
    inventoryStream(ticket.performanceId),
  ];
  try {
    const found = [];
    for (const stream of streams) {
      for await (const event of store.readStream(stream)) {
        const text = JSON.stringify(event.data);
        if (text.includes(reservationId)) found.push({ ...event, text });
      }
    }
    return found.sort((a, b) => a.recordedAt.getTime() - b.recordedAt.getTime() || a.stream.localeCompare(b.stream));
  } finally {
    await store.close();
  }
};

try {
  const site = siteAddress(url, run, runFile);
  const events = eventStore ?? (isOurs(site) ? run?.eventStoreUrl : undefined);
  console.log(`Buying at ${site}`);
  const bought = await purchase(createBuyer(site), (step, milliseconds, detail) =>
    line(step, `${milliseconds.toFixed(0)} ms`, detail),
  );
  if (events === undefined)
    console.log(
      `\nThe events are not shown: name the event store with --event-store (its address is \`eventStoreUrl\` in run.json of the stack's TIKETI_HOME; looked for in ${runFile}).`,
    );
  else {
    console.log('\nIts events:');
    for (const { stream, revision, type, text } of await eventsOf(bought, events))
      console.log(`  ${stream}@${revision}  ${type}  ${text}`);
  }
  console.log(
    `\nTicket ${bought.ticket.reservationNumber}: ${bought.ticket.status.toUpperCase()} (reservation ${bought.ticket.id})`,
  );
} catch (error) {
  if (error instanceof CommandError) console.error(error.message);
  else console.error(`The purchase failed: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
}
