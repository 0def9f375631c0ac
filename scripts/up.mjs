import { build, checkNode, ensureInstalled } from './steps.mjs';
import { upArguments } from './up-arguments.mjs';

checkNode();
if (!ensureInstalled() || !build()) process.exit(1);
process.argv = [process.argv[0], 'up', ...upArguments(process.argv.slice(2), process.env)];
// In this very process: one less between the person's Ctrl-C and the stack.
await import('../cli/dist/up/main.js');
