import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { SignedIn } from '@tiketi/shared-kernel/contracts/http/auth.js';
import { Confirmed, Delayed, Prepared } from '@tiketi/shared-kernel/contracts/http/payments.js';
import { Problem } from '@tiketi/shared-kernel/contracts/http/problem.js';
import { ReservationView, Reserved } from '@tiketi/shared-kernel/contracts/http/reservations.js';
import { SeatMap, SeatStatus, ShowList } from '@tiketi/shared-kernel/contracts/http/shows.js';
import { SeatId } from '@tiketi/shared-kernel/contracts/ids.js';
import { request } from 'undici';
import { z } from 'zod';

/** The site answered with a problem; its code says which. */
export class RefusedError extends Error {
  override readonly name = 'RefusedError';
  constructor(
    readonly status: number,
    readonly code: string,
    readonly problem: Problem | undefined,
  ) {
    super(`${status} ${code}${problem === undefined ? '' : `: ${problem.title}`}`);
  }
}

type Asked = { readonly body?: unknown; readonly key?: string; readonly token?: string };

const Session = z.object({ paymentKey: z.string() });

const parseJson = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

/** The same request is still under way: it is asked again until its outcome is known, longer than any answer takes. */
const IN_FLIGHT = 'IDEMPOTENCY_KEY_IN_FLIGHT';
const IN_FLIGHT_AT_MOST_MS = 90_000;
const IN_FLIGHT_PAUSE_MS = 250;

/** A buyer who knows nothing but the address of the site: everything goes through its public paths. Throws RefusedError. */
export const createBuyer = (site: string) => {
  const ask = async (method: 'GET' | 'POST', path: string, asked: Asked = {}) => {
    const until = performance.now() + IN_FLIGHT_AT_MOST_MS;
    for (;;) {
      try {
        return await askOnce(method, path, asked);
      } catch (error) {
        if (!(error instanceof RefusedError) || error.code !== IN_FLIGHT || performance.now() > until) throw error;
        await pause(IN_FLIGHT_PAUSE_MS);
      }
    }
  };

  const askOnce = async (method: 'GET' | 'POST', path: string, { body, key, token }: Asked) => {
    const answer = await request(new URL(path, site), {
      method,
      headers: {
        accept: 'application/json',
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...(key === undefined ? {} : { 'idempotency-key': key }),
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const json = parseJson(await answer.body.text());
    if (answer.statusCode < 400) return { status: answer.statusCode, json };
    const problem = Problem.safeParse(json).data;
    throw new RefusedError(answer.statusCode, problem?.code ?? 'UNKNOWN', problem);
  };

  return {
    /** A new account with an invented address and password. */
    signUp: async () => {
      const body = {
        email: `buyer-${randomUUID()}@example.com`,
        password: `${randomUUID()}-${randomUUID().slice(0, 8)}`,
        name: '김구매',
      };
      const { json } = await ask('POST', '/api/auth/register', { body });
      return SignedIn.parse(json);
    },

    /** Shows one can buy for now, with their performances. */
    showsOnSale: async () => ShowList.parse((await ask('GET', '/api/events?status=on_sale&limit=50')).json).items,

    seatMap: async (performanceId: string) =>
      SeatMap.parse((await ask('GET', `/api/performances/${performanceId}/seatmap`)).json),

    seatStatus: async (performanceId: string) =>
      SeatStatus.parse((await ask('GET', `/api/performances/${performanceId}/seat-status`)).json),

    reserve: async (token: string, performanceId: string, seatIds: readonly string[], key: string) =>
      Reserved.parse((await ask('POST', '/api/reservations', { token, key, body: { performanceId, seatIds } })).json),

    cancel: async (token: string, reservationId: string) => {
      await ask('POST', `/api/reservations/${reservationId}/cancel`, { token });
    },

    prepare: async (token: string, reservationId: string, key: string) =>
      Prepared.parse((await ask('POST', '/api/payments/prepare', { token, key, body: { reservationId } })).json),

    /** What the buyer does in the provider's window; answers the payment key. Only the simulator can be clicked by a script. */
    authenticate: async (prepared: Prepared, card?: string) => {
      const { checkoutUrl, orderId, amount, orderName } = prepared;
      if (checkoutUrl === undefined) throw new Error('this stack uses the real payment provider: a person has to pay');
      const body = { orderId, amount, orderName, method: 'CARD', ...(card === undefined ? {} : { card }) };
      return Session.parse((await ask('POST', `${checkoutUrl}/sessions`, { body })).json).paymentKey;
    },

    confirm: async (
      token: string,
      paymentKey: string,
      { orderId, amount }: Pick<Prepared, 'orderId' | 'amount'>,
      key: string,
    ) => {
      const { status, json } = await ask('POST', '/api/payments/confirm', { token, key, body: { paymentKey, orderId, amount } });
      return status === 202 ? Delayed.parse(json) : Confirmed.parse(json);
    },

    /** The reservation as the read model has it, which is first given until `position` to catch up. */
    reservation: async (token: string, id: string, position?: string | null) => {
      const query = position === undefined || position === null ? '' : `?position=${position}`;
      return ReservationView.parse((await ask('GET', `/api/reservations/${id}${query}`, { token })).json);
    },
  };
};

export type Buyer = ReturnType<typeof createBuyer>;

/** The first `count` neighbouring seats that are free, by the seat map and its status bits; undefined where there are none. */
export const freeNeighbours = (map: SeatMap, { status }: SeatStatus, count: number): SeatId[] | undefined => {
  const bits = Buffer.from(status, 'base64');
  const isFree = (index: number): boolean => (((bits[index >> 2] ?? 0) >> ((index & 3) * 2)) & 3) === 0;
  for (const { section, rows, seatsPerRow, firstIndex } of map.sections) {
    for (let row = 0; row < rows; row += 1) {
      let run = 0;
      for (let seat = 0; seat < seatsPerRow; seat += 1) {
        run = isFree(firstIndex + row * seatsPerRow + seat) ? run + 1 : 0;
        if (run === count) {
          return Array.from({ length: count }, (_, n) => SeatId.parse(`${section}-${row + 1}-${seat + 2 - count + n}`));
        }
      }
    }
  }
  return undefined;
};
