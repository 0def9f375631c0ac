import { once, setMaxListeners } from 'node:events';
import type { AddressInfo } from 'node:net';
import { createAppServer } from '@tiketi/shared-kernel/service/app-server.js';
import { createApp } from './app.js';
import { createFaultScript } from './faults.js';
import { openLedger } from './ledger.js';
import { createRateLimit } from './rate-limit.js';
import { defaultSettings, type Settings } from './settings.js';
import { type Simulation, viewOf } from './simulation.js';
import { createWebhooks } from './webhooks.js';

export type TossSimulatorOptions = {
  /** Holds the books; made when missing. One simulator a directory. */
  directory: string;
  /** Default 127.0.0.1. */
  host?: string;
  /** 0 takes a free one. */
  port: number;
  secretKey: string;
  clientKey: string;
  /** Where browsers reach it, for receipt and checkout links; default its own address. */
  publicUrl?: string;
  /** Where the merchant takes webhooks; none are sent without it. */
  webhookUrl?: string;
  /** What differs from `defaultSettings`. */
  settings?: Partial<Settings>;
  /** Epoch milliseconds; default the wall clock. */
  clock?: () => number;
  onError?: (error: unknown) => void;
};

export type TossSimulator = { url: string; port: number; close(): Promise<void> };

/** Longer than any client keeps an idle connection, so that a request never meets a closing one. */
const KEEP_ALIVE_MS = 65_000;

/** Starts the payment provider's stand-in. Rejects when the port is taken or the books are damaged. */
export async function startTossSimulator(options: TossSimulatorOptions): Promise<TossSimulator> {
  let ahead = 0;
  const clock = options.clock ?? Date.now;
  const now = () => clock() + ahead;
  const settings = { ...defaultSettings, ...options.settings };
  const host = options.host ?? '127.0.0.1';
  const ledger = await openLedger(options.directory, now);
  const closing = new AbortController();
  // every delayed request listens to it
  setMaxListeners(0, closing.signal);
  const onError = options.onError ?? (() => undefined);
  let url = '';
  const publicUrl = () => options.publicUrl ?? url;
  const webhooks = createWebhooks({
    ledger,
    now,
    settings,
    view: () => viewOf({ publicUrl, now, settings }),
    url: options.webhookUrl,
    onError,
  });
  const simulation: Simulation = {
    ledger,
    faults: createFaultScript(),
    webhooks,
    keys: { secretKey: options.secretKey, clientKey: options.clientKey },
    settings,
    rateLimit: createRateLimit(now),
    now,
    advance: (ms) => {
      ahead += ms;
    },
    publicUrl,
    closing: closing.signal,
  };
  const server = createAppServer(createApp(simulation, onError));
  server.keepAliveTimeout = KEEP_ALIVE_MS;
  server.listen(options.port, host);
  try {
    await once(server, 'listening');
  } catch (error) {
    await webhooks.stop();
    await ledger.close();
    throw error;
  }
  const { port } = server.address() as AddressInfo;
  url = `http://${host.includes(':') ? `[${host}]` : host}:${port}`;
  return {
    url,
    port,
    async close() {
      closing.abort();
      const closed = once(server, 'close');
      server.close();
      server.closeIdleConnections();
      const impatience = setTimeout(() => server.closeAllConnections(), 1_000);
      await closed;
      clearTimeout(impatience);
      await webhooks.stop();
      await ledger.close();
    },
  };
}
