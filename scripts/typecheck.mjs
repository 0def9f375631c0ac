import { typecheck } from './checks.mjs';

process.exit(typecheck() ? 0 : 1);
