import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startTossSimulator } from '../server.js';
import type { Settings } from '../settings.js';

export const SECRET_KEY = 'test_sk_of_the_tests';
export const CLIENT_KEY = 'test_ck_of_the_tests';

export type Answer = {
  status: number;
  /** The body as it came, for byte comparisons. */
  text: string;
  body: Readonly<Record<string, unknown>>;
};

type Headers = Readonly<Record<string, string>>;

export const authorization = (text: string): Headers => ({ authorization: `Basic ${Buffer.from(text).toString('base64')}` });

/** A simulator with a clock the test moves, in a folder of its own, and a merchant and a buyer to play with it. */
export async function openShop(settings: Partial<Settings> = {}) {
  const directory = await mkdtemp(join(tmpdir(), 'toss-simulator-'));
  let time = Date.parse('2026-11-21T10:00:00+09:00');
  const start = () =>
    startTossSimulator({
      directory,
      port: 0,
      secretKey: SECRET_KEY,
      clientKey: CLIENT_KEY,
      clock: () => time,
      settings: { cancelPauseMs: 1_000, ...settings },
    });
  let simulator = await start();

  async function call(method: string, path: string, body?: unknown, headers: Headers = {}): Promise<Answer> {
    const response = await fetch(`${simulator.url}${path}`, {
      method,
      headers: { ...authorization(`${SECRET_KEY}:`), 'content-type': 'application/json', ...headers },
      redirect: 'manual',
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    const json = response.headers.get('content-type')?.includes('json') === true && text !== '';
    return { status: response.status, text, body: json ? (JSON.parse(text) as Record<string, unknown>) : {} };
  }

  return {
    directory,
    url: () => simulator.url,
    call,
    now: () => time,
    advance: (ms: number) => {
      time += ms;
    },
    /** An authenticated payment; answers its key. */
    async checkout(orderId: string, amount: number, more: object = {}): Promise<string> {
      const { status, text, body } = await call('POST', '/checkout/sessions', {
        orderId,
        amount,
        orderName: '좌석 2매',
        ...more,
      });
      if (status !== 200) throw new Error(`no session: ${status} ${text}`);
      return String(body.paymentKey);
    },
    confirm: (paymentKey: string, orderId: string, amount: number, headers?: Headers) =>
      call('POST', '/v1/payments/confirm', { paymentKey, orderId, amount }, headers),
    cancel: (paymentKey: string, body: object = {}, headers?: Headers) =>
      call('POST', `/v1/payments/${paymentKey}/cancel`, { cancelReason: '단순 변심', ...body }, headers),
    /** Gives a virtual account out; answers its payment key and number. */
    async account(orderId: string, amount: number, more: object = {}): Promise<{ paymentKey: string; accountNumber: string }> {
      const paymentKey = await this.checkout(orderId, amount, { method: 'VIRTUAL_ACCOUNT', ...more });
      const { status, text, body } = await this.confirm(paymentKey, orderId, amount);
      if (status !== 200) throw new Error(`no account: ${status} ${text}`);
      return { paymentKey, accountNumber: (body.virtualAccount as { accountNumber: string }).accountNumber };
    },
    deposit: (orderId: string, more: object = {}) => call('POST', '/simulator/deposits', { orderId, ...more }),
    depositError: (orderId: string) => call('POST', '/simulator/deposits/error', { orderId }),
    payment: (paymentKey: string) => call('GET', `/v1/payments/${paymentKey}`),
    async script(fault: object): Promise<void> {
      const { status, text } = await call('POST', '/simulator/faults', fault);
      if (status !== 201) throw new Error(`fault refused: ${text}`);
    },
    async transactions(): Promise<readonly { orderId: string; status: string; amount: number; moved: number }[]> {
      const { body } = await call('GET', '/simulator/ledger');
      return body.transactions as { orderId: string; status: string; amount: number; moved: number }[];
    },
    async restart(): Promise<void> {
      await simulator.close();
      simulator = await start();
    },
    async close(): Promise<void> {
      await simulator.close();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

export type Shop = Awaited<ReturnType<typeof openShop>>;
