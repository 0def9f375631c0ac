import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { signEntryToken } from '@tiketi/shared-kernel/service/entry-token.js';
import { memoryIdempotencyRecords } from '@tiketi/shared-kernel/service/testing/memory-idempotency-records.js';
import { anna, at, ben, organiser, performanceId, showId } from './testing/facts.js';
import { reservationUnderTest } from './testing/reservation-under-test.js';

let service: Awaited<ReturnType<typeof reservationUnderTest>>;
let records: ReturnType<typeof memoryIdempotencyRecords>;
const open = async (terms: Parameters<typeof reservationUnderTest>[0] = {}) => {
  await service?.close();
  records = memoryIdempotencyRecords();
  service = await reservationUnderTest(terms, records);
};
beforeEach(() => open());
afterEach(() => service.close());

const reserve = (wish: object, { userId = anna, key = 'key-1' } = {}) =>
  service.post('/api/reservations', { performanceId, ...wish }, { token: service.issuer.token('user', userId), key });
const one = { seatIds: ['A-1-1'] };
const isReplayed = ({ headers }: { headers: Headers }) => headers.get('idempotency-replayed') === 'true';

describe('the same reservation asked for twice', () => {
  it('is answered the same by what is remembered, and by the stream once nothing is', async () => {
    const first = await reserve(one);
    const again = await reserve(one);
    expect(again).toMatchObject({ status: first.status, body: first.body });
    expect(isReplayed(again)).toBe(true);
    records.texts.clear();
    await service.restart();
    const rebuilt = await reserve(one);
    expect(rebuilt).toMatchObject({ status: first.status, body: first.body });
    expect(isReplayed(rebuilt)).toBe(false);
    expect(await service.events()).toEqual(['InventoryOpened', 'SeatsHeld']);
  });

  it('is answered by the stream where the process died between its append and its answer', async () => {
    const first = await reserve(one);
    const [name = '', kept = ''] = [...records.texts].at(-1) ?? [];
    // its claim is still there, as the dead process left it
    records.texts.set(name, JSON.stringify([JSON.parse(kept)[0], 'of the dead process']));
    expect(await reserve(one)).toMatchObject({ status: 409, body: { code: 'IDEMPOTENCY_KEY_IN_FLIGHT' } });
    records.texts.delete(name);
    await service.restart();
    expect(await reserve(one)).toMatchObject({ status: first.status, body: first.body });
  });

  it('is refused the same, though it could be had by now: that is for a new key', async () => {
    await reserve(one, { userId: ben });
    const first = await reserve(one);
    expect(first).toMatchObject({ status: 409, body: { code: 'SEAT_TAKEN' } });
    expect((await reserve(one)).body).toEqual(first.body);
    expect((await reserve(one, { key: 'key-2' })).body.correlationId).not.toEqual(first.body.correlationId);
  });

  it('is not refused for good for want of an entry token', async () => {
    await open({ requiresEntry: true });
    expect(await reserve(one)).toMatchObject({ status: 403, body: { code: 'ENTRY_TOKEN_REQUIRED' } });
    const { kid, privateKey } = service.queue;
    const now = Date.parse(at('10:00'));
    const entryToken = signEntryToken({ kid, privateKey, userId: anna, showId, admission: 1, now, lifetimeSeconds: 600 });
    const first = await reserve({ ...one, entryToken });
    expect(first.status).toBe(201);
    const renewed = await reserve(one);
    expect(renewed).toMatchObject({ status: 201, body: first.body });
    expect(isReplayed(renewed)).toBe(true);
  });
});

describe('the same key for something else', () => {
  it.each([{ seatIds: ['A-1-2'] }, { performanceId: showId }])('is refused: %j', async (other) => {
    await reserve(one);
    expect(await reserve({ ...one, ...other })).toMatchObject({ status: 422, body: { code: 'IDEMPOTENCY_KEY_REUSED' } });
  });

  it('is refused to an organiser too, for whom it may be used at another path', async () => {
    const token = service.issuer.token('admin', organiser);
    const ask = (path: string, body: object) =>
      service.post(`/api/admin/performances/${performanceId}/${path}`, body, { token, key: 'one' });
    expect((await ask('block', { seatIds: ['A-1-1'] })).status).toBe(200);
    expect(await ask('block', { seatIds: ['A-1-2'] })).toMatchObject({ status: 422, body: { code: 'IDEMPOTENCY_KEY_REUSED' } });
    expect((await ask('unblock', { seatIds: ['A-1-1'] })).status).toBe(200);
    expect(isReplayed(await ask('block', { seatIds: ['A-1-1'] }))).toBe(true);
    expect(await service.events()).toEqual(['InventoryOpened', 'SeatsBlocked', 'SeatsUnblocked']);
  });
});
