import { parseArgs } from 'node:util';
import { eventStoreHosts, whyUnreachable } from './event-store-address.mjs';
import { checkNode, ensureInstalled, node, root } from './steps.mjs';

checkNode();
const { values } = parseArgs({ options: { url: { type: 'string' } } });
// `npm run test:event-store --url …` without `--` makes npm take `--url` for a setting of its own
const url = values.url ?? process.env.npm_config_url;
const hosts = url === undefined ? [] : eventStoreHosts(url);
if (hosts === undefined) {
  console.error('usage: npm run test:event-store -- --url esdb://user:password@host:2113   (without --url: the local node)');
  process.exit(1);
}
const trouble = url === undefined ? undefined : await whyUnreachable(hosts);
if (trouble !== undefined) {
  console.error(`No event store to test: ${trouble}.`);
  process.exit(1);
}
if (!ensureInstalled()) process.exit(1);
console.log(url === undefined ? `Against the local node in ${root}.` : 'Against the server of the given connection string.');
const jest = ['--experimental-vm-modules', '--disable-warning=ExperimentalWarning', 'node_modules/jest/bin/jest.js'];
const chosen = ['--selectProjects', 'integration', '--verbose', '--', 'tests/event-store/server-contract.int.test.ts'];
process.exit(node([...jest, ...chosen], url === undefined ? {} : { TIKETI_CONTRACT_URL: url }) ? 0 : 1);
