import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type RunningStack, startStack } from '@tiketi/local/stack/start.js';
import { createMint, type Minted, newSigningKey } from './minted-tokens.js';

export type TrialStack = {
  /** Changes when everything is restarted. */
  readonly running: () => RunningStack;
  readonly mint: Awaited<ReturnType<typeof createMint>>;
  readonly admin: Minted;
  readonly urlOf: (part: string) => string;
  /** Stops every part (`hurry` kills them) and starts again on the same data. */
  readonly restart: (options?: { hurry?: boolean }) => Promise<void>;
  /** Ends it and removes its data. */
  readonly end: () => Promise<void>;
};

/** A stack of its own on free ports, with its own data, without rate limits, whose tokens the test mints. */
export const startTrialStack = async (env: Readonly<Record<string, string>> = {}): Promise<TrialStack> => {
  const home = await mkdtemp(path.join(tmpdir(), 'tiketi-trial-'));
  const { privateKey, pem } = newSigningKey();
  Object.assign(process.env, { RATE_LIMITS: 'off-for-load', AUTH_SIGNING_KEY: pem, LOG_LEVEL: 'warn', ...env });
  const start = () => startStack({ home, port: 0, demoData: false, backoff: 50, env: { ...process.env } });
  let stack = await start();
  const urlOf = (part: string): string => {
    const url = stack.run.parts[part]?.url;
    if (url === undefined) throw new Error(`no part is called ${part}`);
    return url;
  };
  const mint = await createMint(urlOf('auth'), privateKey);
  return {
    running: () => stack,
    mint,
    admin: mint(['user', 'admin']),
    urlOf,
    restart: async (options = {}) => {
      await stack.stop(options);
      stack = await start();
    },
    end: async () => {
      await stack.stop({ hurry: true });
      await rm(home, { recursive: true, force: true });
    },
  };
};
