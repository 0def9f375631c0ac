import { lint } from './checks.mjs';

process.exit(lint() ? 0 : 1);
