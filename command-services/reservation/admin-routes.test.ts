import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Role } from '@tiketi/shared-kernel/contracts/events/user.js';
import { InventoryChanged } from '@tiketi/shared-kernel/contracts/http/inventory.js';
import { anna, organiser, performanceId, showId, standing } from './testing/facts.js';
import { reservationUnderTest } from './testing/reservation-under-test.js';

let service: Awaited<ReturnType<typeof reservationUnderTest>>;
let admin: string;
beforeEach(async () => {
  service = await reservationUnderTest();
  admin = service.issuer.token('admin', organiser);
});
afterEach(() => service.close());

const ask = (path: string, body: object = {}, { token = admin, key = `${path}-1`, id = performanceId as string } = {}) =>
  service.post(`/api/admin/performances/${id}/${path}`, body, { token, key });
const reserve = (...seatIds: string[]) =>
  service.post(
    '/api/reservations',
    { performanceId, seatIds },
    { token: service.issuer.token('user', anna), key: seatIds.join() },
  );

const section = { section: 'B', rows: 2, seatsPerRow: 3, grade: 'R', price: 40_000 };
const { ticketTypeId: _, ...standingRoom } = standing;
const changes = {
  block: [{ seatIds: ['A-1-1'] }, 'SeatsBlocked'],
  sections: [{ sections: [section] }, 'SectionsAdded'],
  'ticket-types': [{ ...standingRoom, name: '잔디' }, 'TicketTypeSet'],
  prices: [{ prices: [{ section: 'A', price: 50_000 }] }, 'SectionPricesChanged'],
  close: [{}, 'SalesClosed'],
} as const;
const paths = Object.keys(changes) as (keyof typeof changes)[];

describe('what an organiser changes', () => {
  it.each(paths)('%s is done once for one key, and says where it is to be seen', async (path) => {
    const [body, event] = changes[path];
    const first = await ask(path, body);
    expect(first.status).toBe(200);
    expect(InventoryChanged.parse(first.body).id).toBe(performanceId);
    expect((await ask(path, body)).body).toEqual(first.body);
    await service.restart();
    expect((await ask(path, body)).body).toEqual(first.body);
    expect(await service.events()).toEqual(['InventoryOpened', event]);
  });

  const others = {
    block: { seatIds: ['A-1-2'] },
    sections: { sections: [{ ...section, section: 'C' }] },
    'ticket-types': { ...standingRoom, name: '언덕' },
    prices: { prices: [{ section: 'A', price: 60_000 }] },
  };
  it.each(Object.keys(others) as (keyof typeof others)[])('%s is one change a key, as the stream itself knows', async (path) => {
    const [body, event] = changes[path];
    const first = await ask(path, body);
    const reused = { status: 422, body: { code: 'IDEMPOTENCY_KEY_REUSED' } };
    expect(await ask(path, others[path])).toMatchObject(reused);
    await service.restart();
    expect(await ask(path, others[path])).toMatchObject(reused);
    expect((await ask(path, body)).body).toEqual(first.body);
    expect(await service.events()).toEqual(['InventoryOpened', event]);
    expect((await ask(path, others[path], { key: 'another' })).status).toBe(200);
  });

  it.each([
    ['block', 'unblock', { seatIds: ['A-1-1'] }, 'SeatsUnblocked'],
    ['close', 'reopen', {}, 'SalesReopened'],
  ] as const)('%s is undone by %s', async (done, undone, body, event) => {
    await ask(done, body);
    expect((await ask(undone, body)).status).toBe(200);
    expect((await service.events()).at(-1)).toBe(event);
    expect((await reserve('A-1-1')).status).toBe(201);
  });

  it('shows in what buyers may have', async () => {
    await ask('sections', changes.sections[0]);
    await ask('prices', { prices: [{ section: 'B', price: 45_000 }] });
    expect((await reserve('B-2-3')).body).toMatchObject({ totalAmount: 45_000 });
    await ask('close');
    expect(await reserve('B-2-2')).toMatchObject({ status: 409, body: { code: 'SALES_CLOSED' } });
  });

  it('names the seats that are held', async () => {
    await reserve('A-1-1', 'A-1-2');
    expect(await ask('block', { seatIds: ['A-1-2', 'A-1-3'] })).toMatchObject({
      status: 409,
      body: { code: 'SEAT_IN_USE', errors: [{ path: 'seatIds', message: 'A-1-2' }] },
    });
  });

  it('makes a new ticket type for each new wish, and changes one that is named', async () => {
    const lawn = { name: '잔디', price: 20_000, quantity: 10 };
    const made = InventoryChanged.parse((await ask('ticket-types', lawn)).body);
    const other = InventoryChanged.parse((await ask('ticket-types', { ...lawn, name: '언덕' }, { key: 'another' })).body);
    expect(other.ticketTypeId).not.toBe(made.ticketTypeId);
    const changed = await ask('ticket-types', { ...lawn, ticketTypeId: made.ticketTypeId, quantity: 5 }, { key: 'third' });
    expect(changed.body).toMatchObject({ ticketTypeId: made.ticketTypeId });
  });

  it.each([
    ['block', { seatIds: ['Z-1-1'] }, 404, 'SEAT_NOT_FOUND'],
    ['block', { seatIds: [] }, 400, 'VALIDATION_FAILED'],
    ['unblock', { seatIds: ['A-1-1'], by: 'somebody else' }, 400, 'VALIDATION_FAILED'],
    ['sections', { sections: [{ ...section, section: 'A' }] }, 409, 'SECTION_EXISTS'],
    ['sections', { sections: [{ ...section, section: 'A-B' }] }, 400, 'VALIDATION_FAILED'],
    ['sections', { sections: [{ ...section, rows: 9999, seatsPerRow: 9999 }] }, 422, 'LAYOUT_TOO_LARGE'],
    ['prices', { prices: [{ section: 'Z', price: 1000 }] }, 404, 'SECTION_NOT_FOUND'],
    ['prices', { prices: [{ section: 'A', price: 99 }] }, 400, 'VALIDATION_FAILED'],
    ['ticket-types', { ...standing, quantity: -1 }, 400, 'VALIDATION_FAILED'],
    ['ticket-types', { ...standing, ticketTypeId: showId }, 404, 'TICKET_TYPE_NOT_FOUND'],
    ['ticket-types', standingRoom, 409, 'TICKET_TYPE_EXISTS'],
    ['close', { reason: 'because' }, 400, 'VALIDATION_FAILED'],
  ])('%s refuses %j', async (path, body, status, code) => {
    expect(await ask(path, body)).toMatchObject({ status, body: { code } });
    expect(await service.events()).toEqual(['InventoryOpened']);
  });

  it.each([...paths, 'unblock', 'reopen'] as const)(
    '%s is for an admin, with a key, at a performance that is there',
    async (path) => {
      const [body] = changes[path === 'unblock' ? 'block' : path === 'reopen' ? 'close' : path];
      for (const role of Role.options.filter((each) => each !== 'admin'))
        expect((await ask(path, body, { token: service.issuer.token(role) })).status).toBe(403);
      const unkeyed = await service.post(`/api/admin/performances/${performanceId}/${path}`, body, { token: admin });
      expect(unkeyed).toMatchObject({ status: 400, body: { code: 'IDEMPOTENCY_KEY_MISSING' } });
      expect((await service.post(`/api/admin/performances/${performanceId}/${path}`, body, { key: 'k' })).status).toBe(401);
      expect(await ask(path, body, { id: showId })).toMatchObject({ status: 404, body: { code: 'PERFORMANCE_NOT_FOUND' } });
      expect((await ask(path, body, { id: 'nowhere' })).status).toBe(400);
      expect(await service.events()).toEqual(['InventoryOpened']);
    },
  );
});
