import type { IncomingMessage, ServerResponse } from 'node:http';
import { Reserved, ReserveRequest } from '@tiketi/shared-kernel/contracts/http/reservations.js';
import { type FakeShow, fakeId } from './fake-shows.js';

export type FakeBookings = {
  /** What was asked to be reserved, newest last, with its Idempotency-Key. */
  readonly wishes: { readonly body: ReserveRequest; readonly key: string }[];
  /** Answer the next reservations with this problem. */
  refusal: { status: number; code: string; title: string } | undefined;
  /** Handles a POST; false where it is none of these. */
  readonly handle: (request: IncomingMessage, response: ServerResponse, path: string) => Promise<boolean>;
};

const PASSWORD = 'correct horse';
const TOKEN = 'Bearer signed-in';

const bodyOf = async (request: IncomingMessage): Promise<unknown> => {
  let text = '';
  for await (const chunk of request) text += String(chunk);
  return JSON.parse(text === '' ? '{}' : text);
};

/** Accounts, reservations and payments as far as the page sees them: one account, and a checkout that approves or cancels at once. */
export const fakeBookings = (shows: readonly FakeShow[]): FakeBookings => {
  const json = (response: ServerResponse, status: number, body: unknown): true => {
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    return true;
  };
  const problem = (response: ServerResponse, status: number, code: string, title: string): true =>
    json(response, status, { type: 'about:blank', status, code, title });
  let prepared = 0;

  const signIn = (response: ServerResponse, body: unknown): true => {
    if (typeof body !== 'object' || body === null || !('password' in body) || body.password !== PASSWORD)
      return problem(response, 401, 'CREDENTIALS_INVALID', 'Email or password is wrong.');
    const account = { name: 'Kim', phone: null, roles: ['user'], provider: 'LOCAL', createdAt: '2026-10-01T00:00:00Z' };
    const user = { id: fakeId(5, 1), email: 'kim@example.com', ...account };
    return json(response, 200, { user, accessToken: 'signed-in', expiresIn: 900, refreshToken: 'r' });
  };

  const reserve = (response: ServerResponse, body: unknown, key: string): true => {
    const wish = ReserveRequest.parse(body);
    bookings.wishes.push({ body: wish, key });
    if (bookings.refusal !== undefined)
      return problem(response, bookings.refusal.status, bookings.refusal.code, bookings.refusal.title);
    const types = shows.flatMap(({ ticketTypes }) => ticketTypes);
    const places = wish.tickets.map(({ ticketTypeId, quantity }) => {
      const unitPrice = types.find(({ id }) => id === ticketTypeId)?.price ?? 0;
      return { seatId: null, ticketTypeId, quantity, unitPrice, subtotal: quantity * unitPrice };
    });
    const seats = Array.from({ length: wish.bestAvailable?.count ?? 0 }, (_, n) => {
      const seat = { seatId: `가-1-${n + 6}`, ticketTypeId: null, quantity: 1, unitPrice: 55000, subtotal: 55000 };
      return seat;
    });
    const items = [...places, ...seats];
    const reserved = Reserved.parse({
      ...{ id: fakeId(6, bookings.wishes.length), reservationNumber: 'TK-0123-4567-89AB-C', status: 'pending', items },
      ...{ performanceId: wish.performanceId, eventId: shows[0]?.detail.id, position: '1' },
      totalAmount: items.reduce((sum, { subtotal }) => sum + subtotal, 0),
      expiresAt: new Date(Date.now() + 600_000).toISOString(),
    });
    total = reserved.totalAmount;
    return json(response, 201, reserved);
  };
  let total = 0;

  const prepare = (response: ServerResponse): true => {
    prepared += 1;
    const amounts = { amount: total, pointAmount: 0, totalAmount: total };
    const order = { orderId: `order-${prepared}`, clientKey: 'ck', orderName: 'Tickets', ...amounts };
    return json(response, 200, { ...order, checkoutUrl: '/toss-simulator/checkout' });
  };

  const confirm = (response: ServerResponse, body: unknown): true => {
    const { orderId } = body as { orderId: string };
    return json(response, 200, { status: 'confirmed', reservationId: fakeId(6, 1), orderId, position: '2' });
  };

  const bookings: FakeBookings = {
    wishes: [],
    refusal: undefined,
    handle: async (request, response, path) => {
      const body = await bodyOf(request);
      if (path === '/api/auth/login') return signIn(response, body);
      if (request.headers.authorization !== TOKEN) return problem(response, 401, 'UNAUTHENTICATED', 'Please sign in.');
      if (path === '/api/reservations') return reserve(response, body, String(request.headers['idempotency-key']));
      if (path === '/api/payments/prepare') return prepare(response);
      if (path === '/api/payments/confirm') return confirm(response, body);
      if (/^\/api\/reservations\/[^/]+\/cancel$/.test(path)) {
        const id = path.split('/')[3];
        return json(response, 200, { id, status: 'cancelled', refund: null, position: '3' });
      }
      return false;
    },
  };
  return bookings;
};

/** A provider's window with two links, for a test to click. */
export const checkoutPage = (url: URL): string => {
  const { successUrl = '', failUrl = '', orderId = '', amount = '' } = Object.fromEntries(url.searchParams);
  const approved = `${successUrl}?${new URLSearchParams({ paymentKey: 'pk_1', orderId, amount })}`;
  const failed = `${failUrl}?${new URLSearchParams({ code: 'PAY_PROCESS_CANCELED', message: 'Cancelled.', orderId })}`;
  const link = (address: string, name: string) => `<a href="${address.replaceAll('&', '&amp;')}">${name}</a>`;
  return `<!doctype html><title>Checkout</title>${link(approved, 'Approve')} ${link(failed, 'Cancel')}`;
};
