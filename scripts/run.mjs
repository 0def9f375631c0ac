import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { build, checkNode, ensureInstalled, root } from './steps.mjs';

checkNode();
const [file, ...args] = process.argv.slice(2);
if (file === undefined) {
  console.error('usage: node scripts/run.mjs <built program> [arguments]');
  process.exit(1);
}
if (!ensureInstalled() || !build()) process.exit(1);
const program = path.resolve(root, file);
process.argv = [process.argv[0], program, ...args];
await import(pathToFileURL(program).href);
