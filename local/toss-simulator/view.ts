import type { Settings } from './settings.js';

/** What an answer depends on besides the payment. `publicUrl` is where a browser finds this simulator. */
export type View = { publicUrl: string; now: number; settings: Pick<Settings, 'accountRefundMs' | 'secretOnEveryMethod'> };
