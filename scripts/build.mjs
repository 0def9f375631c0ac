import { build, checkNode, ensureInstalled } from './steps.mjs';

checkNode();
process.exit(ensureInstalled() && build() ? 0 : 1);
