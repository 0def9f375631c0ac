import { randomUUID } from 'node:crypto';
import { request } from 'undici';
import type { Delivery } from './change.js';

export type Transmission = Pick<Delivery, 'id' | 'body' | 'retried'>;

export const oneOff = (body: unknown): Transmission => ({ id: randomUUID(), body: JSON.stringify(body), retried: 0 });

/** Posts a webhook with the provider's three headers; answers the receiver's status, or null when none came in time. */
export async function transmit(
  to: string,
  { id, body, retried }: Transmission,
  { now, answerLimitMs, signal }: { now: number; answerLimitMs: number; signal: AbortSignal },
): Promise<number | null> {
  try {
    const { statusCode, body: answer } = await request(to, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'tosspayments-webhook-transmission-id': id,
        'tosspayments-webhook-transmission-time': new Date(now).toISOString(),
        'tosspayments-webhook-transmission-retried-count': String(retried),
      },
      body,
      signal: AbortSignal.any([signal, AbortSignal.timeout(answerLimitMs)]),
    });
    // what it says does not matter, and a redirect is not a receipt
    await answer.dump();
    return statusCode;
  } catch {
    return null;
  }
}
