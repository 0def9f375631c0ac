import { EventStoreDBClient, streamNameFilter } from '@eventstore/db-client';

/**
 * A program with the plain client whose checkpoint callback throws: prints what became of its subscription to a prefix
 * after a second. On its own because the rejection nobody holds would end whoever runs it.
 */
const [url, prefix] = process.argv.slice(2);
const told = { arrived: 0, errors: 0, rejections: 0 };
process.on('unhandledRejection', () => {
  told.rejections += 1;
});
const checkpointReached = () => {
  throw new Error('the callback’s own fault');
};
const filter = streamNameFilter({ prefixes: [prefix], maxSearchWindow: 1, checkpointInterval: 1, checkpointReached });
const subscription = EventStoreDBClient.connectionString(url).subscribeToAll({ filter });
subscription.on('error', () => {
  told.errors += 1;
});
subscription.on('data', () => {
  told.arrived += 1;
});
setTimeout(() => {
  console.log(JSON.stringify(told));
  process.exit(0);
}, 1000);
