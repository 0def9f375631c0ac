import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Reserved } from '@tiketi/shared-kernel/contracts/http/reservations.js';
import { CommandId, ShowId } from '@tiketi/shared-kernel/contracts/ids.js';
import { signEntryToken } from '@tiketi/shared-kernel/service/entry-token.js';
import { anna, at, ben, organiser, performanceId, seats, showId, standing } from './testing/facts.js';
import { reservationUnderTest } from './testing/reservation-under-test.js';

let service: Awaited<ReturnType<typeof reservationUnderTest>>;
const open = async (...terms: Parameters<typeof reservationUnderTest>) => {
  await service?.close();
  service = await reservationUnderTest(...terms);
};
beforeEach(async () => {
  service = await reservationUnderTest();
});
afterEach(() => service.close());

const reserve = (wish: object, { userId = anna, key = 'key-1' } = {}) =>
  service.post('/api/reservations', { performanceId, ...wish }, { token: service.issuer.token('user', userId), key });
const two = { seatIds: ['A-1-1', 'A-1-2'] };
const context = (id: string) => ({
  ...{ commandId: CommandId.parse(id), correlationId: 'test', causationId: 'test' },
  actor: { id: 'test', role: 'service' },
});

describe('reserving', () => {
  it('answers with what is held, line by line', async () => {
    const { ticketTypeId } = standing;
    const answer = await reserve({ seatIds: ['A-1-1'], tickets: [{ ticketTypeId, quantity: 2 }] });
    expect(answer.status).toBe(201);
    const { items, totalAmount, expiresAt, status } = Reserved.parse(answer.body);
    expect(items).toEqual([
      { seatId: 'A-1-1', ticketTypeId: null, quantity: 1, unitPrice: 60_000, subtotal: 60_000 },
      { seatId: null, ticketTypeId, quantity: 2, unitPrice: 30_000, subtotal: 60_000 },
    ]);
    expect({ totalAmount, expiresAt, status }).toEqual({
      totalAmount: 120_000,
      expiresAt: '2026-05-01T10:10:00.000Z',
      status: 'pending',
    });
    expect(service.remembered.map(({ reservationId }) => reservationId)).toEqual([answer.body.id]);
  });

  it('is done once for one key, and repeats neither prolong it nor change the answer', async () => {
    const first = await reserve(two);
    service.setClock('10:09');
    expect((await reserve(two)).body).toEqual(first.body);
    await service.restart();
    expect((await reserve({ seatIds: ['A-1-2', 'A-1-1'] })).body).toEqual(first.body);
    expect(await service.events()).toEqual(['InventoryOpened', 'SeatsHeld']);
  });

  it('is not prolonged by wishes that fail', async () => {
    const first = await reserve(two);
    service.setClock('10:05');
    expect((await reserve({ seatIds: ['A-1-1'] }, { key: 'key-2' })).status).toBe(409);
    expect((await reserve({ seatIds: ['A-1-3', 'A-1-4', 'A-1-5'] }, { key: 'key-3' })).status).toBe(409);
    expect((await reserve(two)).body.expiresAt).toBe(first.body.expiresAt);
  });

  it.each([{ seatIds: ['A-1-1'] }, { seatIds: ['A-1-1', 'A-1-3'] }, { bestAvailable: { count: 2 } }])(
    'refuses the same key for another wish: %j',
    async (other) => {
      await reserve(two);
      for (const when of ['at once', 'after a restart']) {
        if (when !== 'at once') await service.restart();
        expect(await reserve(other)).toMatchObject({ status: 422, body: { code: 'IDEMPOTENCY_KEY_REUSED' } });
      }
    },
  );

  it('never brings back what was released', async () => {
    const { body } = await reserve(two);
    const reservationId = Reserved.parse(body).id;
    const release = { kind: 'release', reservationId, reason: 'expired', now: at('10:11') } as const;
    await service.inventories.run(performanceId, release, context('release'));
    for (const when of ['at once', 'after a restart']) {
      if (when !== 'at once') await service.restart();
      expect(await reserve(two)).toMatchObject({ status: 409, body: { code: 'RESERVATION_CLOSED' } });
      const other = await reserve({ seatIds: ['A-1-1', 'A-1-3'] });
      expect(other).toMatchObject({ status: 422, body: { code: 'IDEMPOTENCY_KEY_REUSED' } });
    }
  });

  it('names the seats another has', async () => {
    await reserve(two);
    const answer = await reserve({ seatIds: ['A-1-2', 'A-1-3'] }, { userId: ben });
    expect(answer).toMatchObject({ status: 409, body: { code: 'SEAT_TAKEN', errors: [{ path: 'seatIds', message: 'A-1-2' }] } });
  });

  it('tells a seat kept from sale from one that is taken', async () => {
    const block = { kind: 'block', seatIds: seats('A-1-2'), by: organiser, now: at('09:30') } as const;
    await service.inventories.run(performanceId, block, context('block'));
    expect(await reserve(two)).toMatchObject({
      ...{ status: 409, body: { code: 'SEAT_NOT_FOR_SALE', errors: [{ message: 'A-1-2' }] } },
    });
  });

  it.each([
    [{}, 'VALIDATION_FAILED'],
    [{ ...two, bestAvailable: { count: 2 } }, 'VALIDATION_FAILED'],
    [{ seatIds: ['A-1-1', 'A-1-1'] }, 'VALIDATION_FAILED'],
    [{ ...two, price: 1 }, 'VALIDATION_FAILED'],
    [{ bestAvailable: { count: 0 } }, 'VALIDATION_FAILED'],
    [{ tickets: [{ ticketTypeId: standing.ticketTypeId, quantity: -1 }] }, 'VALIDATION_FAILED'],
  ])('refuses a body that says nothing sensible: %j', async (body, code) => {
    expect(await reserve(body)).toMatchObject({ status: 400, body: { code } });
  });

  it('needs a key and a person', async () => {
    const token = service.issuer.token('user');
    const missing = await service.post('/api/reservations', { performanceId, ...two }, { token });
    expect(missing).toMatchObject({ status: 400, body: { code: 'IDEMPOTENCY_KEY_MISSING' } });
    expect((await service.post('/api/reservations', { performanceId, ...two }, { key: 'k' })).status).toBe(401);
  });
});

describe('reserving the best seats there are', () => {
  const best = { bestAvailable: { count: 2, grade: 'VIP' } };

  it('gives two buyers different ones however close they ask', async () => {
    const buyers = Array.from({ length: 30 }, () => service.issuer.token('user'));
    const answers = await Promise.all(
      buyers.map((token) => service.post('/api/reservations', { performanceId, ...best }, { token, key: randomUUID() })),
    );
    const taken = answers.flatMap(({ body }) => Reserved.parse(body).items.map(({ seatId }) => seatId));
    expect(new Set(taken).size).toBe(60);
  });

  it('is the same reservation for a repeat, also after a restart', async () => {
    const first = await reserve(best);
    expect(Reserved.parse(first.body).items.map(({ seatId }) => seatId)).toEqual(['A-1-10', 'A-1-11']);
    expect((await reserve(best)).body).toEqual(first.body);
    await service.restart();
    expect((await reserve(best)).body).toEqual(first.body);
  });

  it.each([{ bestAvailable: { count: 2 } }, { bestAvailable: { count: 3, grade: 'VIP' } }, { seatIds: ['A-1-10', 'A-1-11'] }])(
    'refuses the same key for another wish: %j',
    async (other) => {
      await reserve(best);
      expect(await reserve(other)).toMatchObject({ status: 422, body: { code: 'IDEMPOTENCY_KEY_REUSED' } });
    },
  );
});

describe('reserving at a show with a waiting queue', () => {
  beforeEach(() => open({ requiresEntry: true }));
  const token = (more: Partial<Parameters<typeof signEntryToken>[0]> = {}) =>
    signEntryToken({
      ...service.queue,
      ...{ userId: anna, showId, admission: 3, now: Date.parse(at('09:55')), lifetimeSeconds: 600 },
      ...more,
    });

  it('needs the token the queue gave this buyer for this show', async () => {
    expect(await reserve(two)).toMatchObject({ status: 403, body: { code: 'ENTRY_TOKEN_REQUIRED' } });
    for (const wrong of [
      token({ userId: ben }),
      token({ showId: ShowId.parse(performanceId) }),
      token({ lifetimeSeconds: 60 }),
      service.issuer.token('user', anna),
      'nonsense',
    ]) {
      expect(await reserve({ ...two, entryToken: wrong })).toMatchObject({ status: 403, body: { code: 'ENTRY_TOKEN_INVALID' } });
    }
    expect((await reserve({ ...two, entryToken: token() })).status).toBe(201);
  });

  it('answers a repeat with a renewed token, or one that has ended, as it did at first', async () => {
    const first = await reserve({ ...two, entryToken: token() });
    const renewed = await reserve({ ...two, entryToken: token({ admission: 9 }) });
    service.setClock('10:07');
    const late = await reserve({ ...two, entryToken: token() });
    expect([renewed.body, late.body]).toEqual([first.body, first.body]);
  });
});
