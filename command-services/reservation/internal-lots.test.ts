import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { CommandDone, MOST_STEPS } from '@tiketi/shared-kernel/contracts/http/internal.js';
import { OrderId } from '@tiketi/shared-kernel/contracts/ids.js';
import { OutcomeUnknownError } from '@tiketi/shared-kernel/event-sourcing/command-handler.js';
import { StoreRefusedError, StoreUnavailableError } from '@tiketi/shared-kernel/event-sourcing/event-store/port.js';
import type { LotLine } from '@tiketi/shared-kernel/service/lots-line.js';
import { BookingsBehindError } from './bookings.js';
import type { HeldSeats } from './reservation/opening.js';
import { at, orderId, otherOrderId } from './testing/facts.js';
import { booking, first, nowhere, second, stepsUnderTest, TOKEN, third } from './testing/steps-under-test.js';

let service: Awaited<ReturnType<typeof stepsUnderTest>>;
beforeEach(async () => {
  service = await stepsUnderTest();
});
afterEach(() => service.close());

const start = ({ reservationId, totalAmount }: HeldSeats, more: object = {}) => ({
  ...{ id: reservationId, step: 'start-payment', causationId: 'request-0001' },
  body: { orderId, amount: totalAmount, pointAmount: 0 },
  ...more,
});
const confirm = ({ reservationId }: HeldSeats, more: object = {}) => ({
  ...{ id: reservationId, step: 'confirm', causationId: 'request-0002', body: { orderId } },
  ...more,
});
const all = async (...steps: unknown[]): Promise<readonly LotLine[]> => {
  const { lines, ended } = service.ask(steps);
  await ended;
  return lines.toSorted((a, b) => a.n - b.n);
};

describe('steps of payments in one lot', () => {
  it('are carried out each, and done already when they come again', async () => {
    const lines = await all(start(first), start(second));
    expect(lines).toMatchObject([
      { n: 0, status: 200, body: { reservation: { reservationId: first.reservationId, status: 'paying', orderId } } },
      { n: 1, status: 200, body: { reservation: { reservationId: second.reservationId, status: 'paying', orderId } } },
    ]);
    expect(new Set(lines.map(({ body }) => CommandDone.parse(body).position)).size).toBe(2);
    expect(await all(start(first), start(second))).toMatchObject([{ status: 200 }, { status: 200 }]);
    expect(await all(confirm(first))).toMatchObject([{ body: { reservation: { status: 'confirmed' } } }]);
    expect(service.store.log.events).toHaveLength(5);
  });

  it('may be any of the five', async () => {
    const { reservationId: id } = first;
    const step = (name: string, body: object) => ({ id, step: name, causationId: 'request-0001', body });
    const other = { ...start(first), body: { ...start(first).body, orderId: otherOrderId } };
    const dueBy = at('18:00');
    const statuses: unknown[] = [];
    for (const each of [
      start(first),
      step('fail-payment', { orderId, reason: 'declined' }),
      other,
      step('await-deposit', { orderId: otherOrderId, dueBy }),
      step('confirm', { orderId: otherOrderId }),
      step('refunded-outside', { orderId: otherOrderId }),
    ]) {
      const [line] = await all(each);
      statuses.push(CommandDone.parse(line?.body).reservation.status);
    }
    expect(statuses).toEqual(['paying', 'pending', 'paying', 'awaitingDeposit', 'confirmed', 'cancelled']);
    // what has become of the order since
    expect(await all(start(first))).toMatchObject([{ status: 409, body: { code: 'ORDER_CLOSED' } }]);
  });

  it('are told in the events, each with what it follows from', async () => {
    await all(start(first), start(second, { causationId: 'not for events: 좌석' }));
    await all(confirm(first));
    const actor = { id: 'payment', role: 'service' };
    const booked = { $correlationId: first.reservationId, actor };
    expect((await service.metadata(first.reservationId)).slice(-2)).toMatchObject([
      ['PaymentStarted', { ...booked, commandId: `start:${orderId}`, $causationId: 'request-0001' }],
      ['ReservationConfirmed', { ...booked, commandId: `confirm:${orderId}`, $causationId: 'request-0002' }],
    ]);
    // as where a request of its own brings none that is fit for an event
    const $causationId = second.reservationId;
    expect((await service.metadata(second.reservationId)).at(-1)).toMatchObject([
      'PaymentStarted',
      { $correlationId: $causationId, $causationId, commandId: `start:${orderId}`, actor },
    ]);
  });

  const fails = (held: HeldSeats, error: Error) =>
    service.known.set(held.reservationId, async () => {
      throw error;
    });

  it('are refused one by one, and what befalls one touches no other', async () => {
    fails(third, new StoreUnavailableError('away'));
    const lines = await all(
      start(first),
      confirm(second),
      { ...start(first), id: nowhere },
      start(third),
      { ...start(second), step: 'smile' },
      { ...confirm(second), body: { orderId, amount: 1 } },
      start(second),
    );
    expect(lines.map(({ status, body }) => [status, Object(body).code])).toEqual([
      [200, undefined],
      [409, 'RESERVATION_NOT_PAYING'],
      [404, 'RESERVATION_NOT_FOUND'],
      [503, 'EVENT_STORE_UNAVAILABLE'],
      [400, 'VALIDATION_FAILED'],
      [400, 'VALIDATION_FAILED'],
      [200, undefined],
    ]);
    expect(lines[1]?.body).toEqual({
      ...{ type: 'about:blank', status: 409, code: 'RESERVATION_NOT_PAYING', title: 'This reservation is not being paid.' },
      correlationId: second.reservationId,
    });
    expect(lines[5]?.body).toMatchObject({ correlationId: second.reservationId, errors: [{ path: 'body' }] });
  });

  it('are refused alone where they hold what cannot be stored', async () => {
    const lines = await all(start(first, { causationId: 'nul \0' }), start(second), start(third, { causationId: 'half \ud800' }));
    expect(lines).toMatchObject([
      { status: 400, body: { code: 'VALIDATION_FAILED', errors: [{ path: 'causationId' }], correlationId: first.reservationId } },
      { status: 200 },
      { status: 400, body: { code: 'VALIDATION_FAILED', errors: [{ path: 'causationId' }], correlationId: third.reservationId } },
    ]);
    expect(await service.metadata(first.reservationId)).toEqual([]);
  });

  it.each([
    [new OutcomeUnknownError('who knows'), 503, 'OUTCOME_UNKNOWN'],
    [new StoreUnavailableError('away'), 503, 'EVENT_STORE_UNAVAILABLE'],
    [new StoreRefusedError('too large'), 422, 'NOT_STORABLE'],
    [new BookingsBehindError('behind'), 503, 'RESERVATION_NOT_READABLE_YET'],
    [Object.assign(new Error('database'), { code: 'ECONNREFUSED' }), 503, 'TEMPORARILY_UNAVAILABLE'],
    [new Error('a bug that knows a secret'), 500, 'INTERNAL'],
  ])('tell of %p as a request of its own does', async (error, status, code) => {
    fails(third, error);
    const { reservationId: id } = third;
    const alone = await fetch(`${service.served.url}/internal/reservations/${id}`, {
      headers: { authorization: `Bearer ${TOKEN}`, 'x-correlation-id': id },
    });
    expect(alone.status).toBe(status);
    expect(await all(start(third))).toEqual([{ n: 0, status, body: await alone.json() }]);
    expect(Object((await all(start(third)))[0]?.body)).toMatchObject({ code });
  });

  it('do not wait for one that takes long', async () => {
    let found: (held: HeldSeats) => void = () => undefined;
    service.known.set(
      second.reservationId,
      () =>
        new Promise((resolve) => {
          found = resolve;
        }),
    );
    const { lines, ended, several } = service.ask([start(first), start(second), confirm(third)]);
    await several(2);
    expect(lines.map(({ n }) => n).toSorted()).toEqual([0, 2]);
    found(second);
    await ended;
    expect(lines.at(-1)).toMatchObject({ n: 1, status: 200 });
  });

  it('come behind the service token, at least one and at most a hundred', async () => {
    const refused = (steps: readonly unknown[], token?: string) => {
      const { ended, close } = service.ask(steps, token);
      return ended.finally(() => token !== undefined && close());
    };
    await expect(refused([start(first)], 'service-token-9876543210')).rejects.toMatchObject({ status: 401 });
    await expect(refused([])).rejects.toMatchObject({ status: 400, code: 'VALIDATION_FAILED' });
    const many = Array.from({ length: MOST_STEPS + 1 }, (_, n) => start(booking(200 + n)));
    await expect(refused(many)).rejects.toMatchObject({ status: 400, code: 'VALIDATION_FAILED' });
    expect(service.store.log.events).toEqual([]);
    // the longest there are
    const longest = {
      ...{ causationId: 'c'.repeat(128), step: 'start-payment' },
      body: { orderId: OrderId.parse('o'.repeat(64)), amount: 2_000_000_000, pointAmount: 2_000_000_000 },
    };
    const full = await all(...many.slice(0, MOST_STEPS).map(({ id }) => ({ id, ...longest })));
    expect(full.map(({ status }) => status)).toEqual(Array(MOST_STEPS).fill(404));
  });

  it('are in the log where they were refused or failed, and counted all', async () => {
    fails(third, new Error('a bug'));
    await all(start(first), confirm(second), start(third), { step: 'smile', orderId: 'mine' });
    const told = service.recorded.lines().filter(({ message }) => message === 'step');
    expect(told).toHaveLength(3);
    for (const line of [
      expect.objectContaining({ level: 'info', step: 'unknown', status: 400, code: 'VALIDATION_FAILED' }),
      expect.objectContaining({
        ...{ level: 'info', step: 'confirm', correlationId: second.reservationId },
        ...{ status: 409, code: 'RESERVATION_NOT_PAYING', milliseconds: expect.any(Number) },
      }),
      expect.objectContaining({ level: 'warn', step: 'start-payment', correlationId: third.reservationId, status: 500 }),
    ])
      expect(told).toContainEqual(line);
    expect(service.recorded.lines()).toContainEqual(
      expect.objectContaining({ level: 'error', message: 'request failed', correlationId: third.reservationId }),
    );
    expect(service.recorded.text()).not.toContain(orderId);
    const metrics = await service.metrics.registry.getSingleMetricAsString('payment_steps_total');
    expect(metrics).toContain('payment_steps_total{step="start-payment",status_code="200",service="reservation"} 1');
    expect(metrics).toContain('payment_steps_total{step="unknown",status_code="400",service="reservation"} 1');
  });
});
