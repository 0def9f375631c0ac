import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { createBuyer } from '@tiketi/cli/demo-purchase/buyer.js';
import { repositoryRoot } from '@tiketi/local/parts/repository.js';
import { until } from '@tiketi/local/parts/until.js';
import { BookingLog, ParkedList, type ParkedPart } from '@tiketi/shared-kernel/contracts/http/operations.js';
import { SeatId } from '@tiketi/shared-kernel/contracts/ids.js';
import { createDatabase } from '@tiketi/shared-kernel/service/database.js';
import { openHall } from '../support/hall.js';
import { readHistory } from '../support/history.js';
import { correlationFaults, outcomeFaults } from '../support/invariants.js';
import type { Minted } from '../support/minted-tokens.js';
import { startTrialStack, type TrialStack } from '../support/trial-stack.js';

const WITHIN = { deadline: 20_000, every: 50 } as const;
const PROGRAM = path.join(repositoryRoot(), 'cli/dist/tiketi/main.js');

type Tables = {
  effect: {
    id: string;
    key: string;
    kind: string;
    due_at: Date;
    payload: string;
    correlation_id: string;
    causation_id: string;
    failures: number;
  };
  reservations: { id: string };
};

let stack: TrialStack;
let operator: Minted;
beforeAll(async () => {
  stack = await startTrialStack();
  operator = stack.mint(['operator']);
}, 120_000);
afterAll(() => stack?.end(), 60_000);

const ask = (who: Minted, where: string) =>
  fetch(new URL(where, stack.running().edgeUrl), { headers: { authorization: `Bearer ${who.token}` } });
const parked = async (part: ParkedPart) =>
  ParkedList.parse(await (await ask(operator, `/api/admin/parked/${part}`)).json()).items;
const metric = async (part: string, start: string) => {
  const lines = (await (await fetch(new URL('/metrics', stack.urlOf(part)))).text()).split('\n');
  return Number(
    lines
      .find((line) => line.startsWith(start))
      ?.split(' ')
      .at(-1) ?? 0,
  );
};

/** The operator's program against this stack. */
const tiketi = async (...args: readonly string[]) => {
  const env = { ...process.env, TIKETI_TOKEN: operator.token, NODE_OPTIONS: '' };
  const child = spawn(process.execPath, [PROGRAM, '--url', stack.running().edgeUrl, ...args], { env });
  const [out, err, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'exit')]);
  return { out, err, code: Number(code) };
};

it('what could not be done is shown, tried again by an operator, and the booking ends; its whole story can be read', async () => {
  const performanceId = await openHall(stack, [{ section: 'A', rows: 2, seatsPerRow: 10 }]);
  const db = createDatabase<Tables>({ url: stack.running().context.url('postgres'), applicationName: 'test', max: 2 });
  const saga = db.withSchema('reservation');
  const tickets = db.withSchema('tickets').schema;
  try {
    // the read model cannot take the hold; and the seats cannot be sold, since what was to be done about them is garbled
    await tickets
      .alterTable('reservations')
      .addColumn('poison', 'text', (c) => c.notNull())
      .execute();
    const buyer = createBuyer(stack.running().edgeUrl);
    const { token } = stack.mint();
    const { id } = await buyer.reserve(token, performanceId, [SeatId.parse('A-1-1')], randomUUID());
    const sell = `sell:${id}`;
    await saga
      .insertInto('effect')
      .values({
        ...{ id: sell, key: id, kind: 'sell', due_at: new Date(), payload: '{}', failures: 9 },
        ...{ correlation_id: id, causation_id: 'test' },
      })
      .execute();
    const order = await buyer.prepare(token, id, randomUUID());
    const paymentKey = await buyer.authenticate(order);
    await buyer.confirm(token, paymentKey, order, randomUUID());
    await until(async () => (await parked('reservation')).length === 1, { ...WITHIN, what: 'the effect to be set aside' });
    const behind = async () => (await parked('projectors'))[0]?.waiting === 3;
    await until(behind, { ...WITHIN, what: 'the events of the booking to be set aside' });

    const [head] = await parked('projectors');
    expect(head).toMatchObject({ consumer: 'tickets', type: 'SeatsHeld', key: id });
    const { out } = await tiketi('parked', 'list');
    for (const line of [`effect:${sell}`, head?.id ?? 'none', 'payment: nothing is set aside', '3 more wait behind it']) {
      expect(out).toContain(line);
    }
    const gauges = () =>
      Promise.all([
        metric('reservation', 'effects_parked{kind="sell"'),
        metric('projectors', 'projection_parked_keys{projection="tickets"'),
      ]);
    expect(await gauges()).toEqual([1, 1]);

    // nothing is mended yet
    expect(await tiketi('parked', 'replay', 'reservation', `effect:${sell}`)).toMatchObject({ code: 1 });
    expect(await tiketi('parked', 'replay-all', 'projectors')).toMatchObject({ code: 1 });
    expect([(await parked('reservation'))[0]?.attempts, (await parked('projectors'))[0]?.attempts]).toEqual([2, 2]);

    await tickets.alterTable('reservations').dropColumn('poison').execute();
    const payload = JSON.stringify({ reservationId: id, orderId: order.orderId });
    await saga.updateTable('effect').set({ payload }).where('id', '=', sell).execute();
    expect(await tiketi('parked', 'replay', 'reservation', `effect:${sell}`)).toMatchObject({ code: 0, out: '1 done, 0 left\n' });
    expect(await tiketi('parked', 'replay', 'projectors', head?.id ?? '')).toMatchObject({ code: 0, out: '4 done, 0 left\n' });
    expect(await gauges()).toEqual([0, 0]);
    expect(await buyer.reservation(token, id, null)).toMatchObject({ status: 'confirmed', paymentStatus: 'completed' });
    const facts = await readHistory(stack.running().run.eventStoreUrl);
    expect([...outcomeFaults(facts), ...correlationFaults(facts)]).toEqual([]);
    expect(await tiketi('parked', 'replay', 'reservation', `effect:${sell}`)).toMatchObject({
      ...{ code: 1, err: expect.stringContaining('NOT_PARKED') },
    });

    const whole = facts
      .filter(({ metadata }) => metadata.$correlationId === id)
      .map(({ stream, revision }) => `${stream}@${revision}`);
    const log = async () => BookingLog.parse(await (await ask(operator, `/api/admin/bookings/${id}/log`)).json()).entries;
    await until(async () => (await log()).length === whole.length, { ...WITHIN, what: 'the log to be complete' });
    expect((await log()).map(({ stream, revision }) => `${stream}@${revision}`)).toEqual(whole);
    const [asked, confirmed] = ['PaymentConfirmRequested', 'ReservationConfirmed'].map(async (type) =>
      (await log()).find((entry) => entry.type === type),
    );
    // the buyer's one request, told as the cause in both services
    expect((await confirmed)?.causation).toBe((await asked)?.causation);
    expect((await confirmed)?.causation).not.toBe(id);
    const story = await tiketi('booking', 'log', id);
    expect(story.out).toMatch(/1 seat held for 50,000 won[\s\S]*confirmed, paid by order[\s\S]*what was held is sold/);
    expect(story.out).toContain('by booking-process');
  } finally {
    await db.destroy();
  }
}, 90_000);

it('is for operators only', async () => {
  const anyone = stack.mint();
  for (const part of ['reservation', 'payment', 'projectors']) {
    expect((await ask(anyone, `/api/admin/parked/${part}`)).status).toBe(403);
  }
  expect((await ask(anyone, `/api/admin/bookings/${randomUUID()}/log`)).status).toBe(403);
  expect(await tiketi('booking', 'log', randomUUID())).toMatchObject({
    code: 1,
    err: expect.stringContaining('RESERVATION_NOT_FOUND'),
  });
  expect(await tiketi('parked', 'list', 'kitchen')).toMatchObject({
    code: 1,
    err: expect.stringContaining('No part is called kitchen'),
  });
});
