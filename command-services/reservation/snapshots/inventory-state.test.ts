import { createHash } from 'node:crypto';
import { gunzipSync, gzipSync } from 'node:zlib';
import { describe, expect, it } from '@jest/globals';
import { fold } from '@tiketi/shared-kernel/event-sourcing/decider.js';
import fc from 'fast-check';
import { closedFrom } from '../inventory/closed-holds.js';
import { type Inventory, inventory } from '../inventory/inventory.js';
import { anna, at, ben, heldBy, ids, opened, orderId, performanceId } from '../testing/facts.js';
import { history, steps } from '../testing/inventory-histories.js';
import { decodeInventory, encodeInventory, INVENTORY_FOLD } from './inventory-state.js';

const runs = { numRuns: process.env.TIKETI_DEEP === '1' ? 1000 : 60 };
const reread = async (state: Parameters<typeof encodeInventory>[0]) => decodeInventory(await encodeInventory(state));

/** Equal whatever order its maps give their entries in, which no decision goes by. */
const comparable = (state: Awaited<ReturnType<typeof reread>>): unknown =>
  state.status === 'unopened'
    ? state
    : {
        ...state,
        holds: state.holds.toObject(),
        closed: state.closed.toObject(),
        placesOfBuyer: state.placesOfBuyer.toObject(),
      };

const without =
  (start: string) =>
  async (bytes: Buffer): Promise<Buffer> => {
    return gzipSync(
      linesOf(bytes)
        .filter((line) => !line.startsWith(start))
        .join('\n'),
    );
  };

const linesOf = (bytes: Buffer): readonly string[] => gunzipSync(bytes).toString().split('\n');

/** So many records on the n-th shelf, as alike as no ids are. */
const shelf = (n: number, records: number): string =>
  `${'A'.repeat(19)}${String(n + 100).slice(-2)}A${'d'.repeat(8)}`.repeat(records);

const withShelves = (shelves: readonly string[]): Inventory => {
  const state = fold(inventory, [opened]);
  return state.status === 'unopened' ? state : { ...state, closed: closedFrom(shelves) };
};

describe('the state of an inventory, written and read again', () => {
  it('goes on as the full replay does, wherever the history was cut', () =>
    fc.assert(
      fc.asyncProperty(steps, fc.nat({ max: 100 }), async (wanted, at) => {
        const events = history(wanted);
        const cut = at % (events.length + 1);
        const resumed = await reread(fold(inventory, events.slice(0, cut)));
        expect(comparable(resumed)).toEqual(comparable(fold(inventory, events.slice(0, cut))));
        expect(comparable(fold(inventory, events.slice(cut), resumed))).toEqual(comparable(fold(inventory, events)));
      }),
      runs,
    ));

  it('is the same for an inventory that is not there yet', async () => {
    expect(await reread({ status: 'unopened' })).toEqual({ status: 'unopened' });
  });

  it.each([
    ['no compressed bytes', async (bytes: Buffer) => bytes.subarray(5)],
    ['cut off', async (bytes: Buffer) => bytes.subarray(0, -9)],
    ['without its holds', without('{"holds"')],
    ['without those released', without('{"closed"')],
  ])('is refused where it is damaged: %s', async (_, damaged) => {
    const [one, other] = ids;
    const held = [heldBy(anna, one, ['A-1-1']), heldBy(ben, other, ['A-2-2'])];
    const released = { performanceId, reservationId: other.reservationId, reason: 'expired', releasedAt: at('10:20') } as const;
    const bytes = await encodeInventory(fold(inventory, [opened, ...held, { type: 'SeatsReleased', data: released }]));
    await expect(decodeInventory(bytes)).resolves.toMatchObject({ status: 'open' });
    await expect(damaged(bytes).then(decodeInventory)).rejects.toThrow();
  });

  it('holds others up no longer where a million holds were released than where none was', async () => {
    const lines = linesOf(await encodeInventory(withShelves(Array.from({ length: 100 }, (_, n) => shelf(n, 250)))));
    expect(Math.max(...lines.map(({ length }) => length))).toBeLessThan(200_000);
  });

  it('is read again however long a shelf is', async () => {
    const state = withShelves([shelf(0, 500_000)]);
    expect(comparable(await reread(state))).toEqual(comparable(state));
  });

  it.each([
    ['a piece of a record', (records: string) => records.slice(0, -1)],
    ['what no record has', (records: string) => `${records.slice(0, -1)}=`],
    ['a line break at its end', (records: string) => `${records.slice(0, -1)}\n`],
    ['nothing', () => ''],
  ])('is refused where a shelf holds %s', async (_, damaged) => {
    const state = withShelves([shelf(0, 2)]);
    await expect(reread(state)).resolves.toMatchObject({ status: 'open' });
    await expect(reread(withShelves([damaged(shelf(0, 2))]))).rejects.toThrow(/closed/);
  });

  it('is written under another number once the fold makes something else of a history', async () => {
    const [one, other] = ids;
    const released = { reservationId: other.reservationId, reason: 'expired', releasedAt: at('10:20') } as const;
    const events = [
      opened,
      heldBy(anna, one, ['A-1-1', 'A-10-20'], '10:00', 2),
      heldBy(ben, other, ['A-2-2']),
      { type: 'SeatsSold', data: { performanceId, reservationId: one.reservationId, orderId, soldAt: at('10:01') } },
      { type: 'SeatsReleased', data: { performanceId, ...released } },
      { type: 'SalesCancelled', data: { performanceId, cancelledAt: at('11:00') } },
    ] as const;
    const state = comparable(fold(inventory, events));
    const print = createHash('sha256')
      .update(JSON.stringify(state, (_, value) => (value instanceof Map ? [...value] : value)))
      .digest('hex')
      .slice(0, 16);
    // where this line fails, raise INVENTORY_FOLD and put the new pair here
    expect([INVENTORY_FOLD, print]).toEqual([2, '0782b1ba487ee176']);
  });
});
