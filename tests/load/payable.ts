import { randomUUID } from 'node:crypto';
import { Prepared } from '@tiketi/shared-kernel/contracts/http/payments.js';
import { Pool } from 'undici';
import { z } from 'zod';
import type { TrialStack } from '../support/trial-stack.js';
import { each } from './each.js';

/** A reservation whose buyer has been through checkout: only the confirmation is left. */
export type Payable = {
  readonly token: string;
  readonly reservationId: string;
  readonly orderId: string;
  readonly amount: number;
  readonly paymentKey: string;
};

const Held = z.object({ id: z.string() });
const Session = z.object({ paymentKey: z.string() });

const WIDTH = 32;

/** Books one seat for a buyer of its own, for each seat named, up to the confirmation; nothing of it is to be timed. */
export const preparePayables = async (
  stack: TrialStack,
  performanceId: string,
  seatIds: readonly string[],
): Promise<Payable[]> => {
  const pools = {
    reservation: new Pool(stack.urlOf('reservation'), { connections: WIDTH }),
    payment: new Pool(stack.urlOf('payment'), { connections: WIDTH }),
    provider: new Pool(stack.urlOf('toss-payments'), { connections: WIDTH }),
  };
  const post = async (pool: Pool, path: string, body: object, token = ''): Promise<unknown> => {
    const answer = await pool.request({
      method: 'POST',
      path,
      headers: { 'content-type': 'application/json', 'idempotency-key': randomUUID(), authorization: `Bearer ${token}` },
      body: JSON.stringify(body),
    });
    const text = await answer.body.text();
    if (answer.statusCode >= 300) throw new Error(`POST ${path}: ${answer.statusCode} ${text}`);
    return JSON.parse(text);
  };
  const payable = async (seatId: string): Promise<Payable> => {
    const { token } = stack.mint();
    const { id } = Held.parse(await post(pools.reservation, '/api/reservations', { performanceId, seatIds: [seatId] }, token));
    const body = await post(pools.payment, '/api/payments/prepare', { reservationId: id }, token);
    const { orderId, amount, orderName } = Prepared.parse(body);
    const checkout = { orderId, amount, orderName, method: 'CARD' };
    const { paymentKey } = Session.parse(await post(pools.provider, '/checkout/sessions', checkout));
    return { token, reservationId: id, orderId, amount, paymentKey };
  };
  try {
    return await each(seatIds, WIDTH, payable);
  } finally {
    await Promise.all(Object.values(pools).map((pool) => pool.close()));
  }
};
