import { setImmediate as breath } from 'node:timers/promises';
import { promisify } from 'node:util';
import { gunzip, gzip } from 'node:zlib';
import { inventoryEvents } from '@tiketi/shared-kernel/contracts/events/inventory.js';
import { PricedSection, TicketType } from '@tiketi/shared-kernel/contracts/events/layout.js';
import { SaleTerms } from '@tiketi/shared-kernel/contracts/events/show.js';
import { PerformanceId, type ReservationId, ShowId, UserId } from '@tiketi/shared-kernel/contracts/ids.js';
import { Instant } from '@tiketi/shared-kernel/contracts/time.js';
import { Map as PersistentMap } from 'immutable';
import { z } from 'zod';
import { closedCount, closedFrom, isShelf } from '../inventory/closed-holds.js';
import type { Hold, Inventory, OpenInventory } from '../inventory/inventory.js';
import type { SeatBits } from '../inventory/seat-bits.js';

/** Raised with every change of what the fold makes of a history, or of the shape it is written in here; a test says when that is. */
export const INVENTORY_FOLD = 2;

/** Holds or buyers written, or read, without letting others have the processor in between. */
const AT_ONCE = 200;
/** As many shelves: each is 7 KB where a million are closed. */
const SHELVES_AT_ONCE = 25;

const Bits = z.base64().transform((text): SeatBits => {
  const bytes = Buffer.from(text, 'base64');
  return Uint32Array.from({ length: bytes.length / 4 }, (_, index) => bytes.readUInt32LE(index * 4));
});

const Head = z.discriminatedUnion('status', [
  z.object({ status: z.literal('unopened') }),
  z.object({
    status: z.enum(['open', 'closed', 'cancelled']),
    performanceId: PerformanceId,
    showId: ShowId,
    startsAt: Instant,
    terms: SaleTerms,
    sections: z.array(PricedSection.extend({ first: z.int().nonnegative() })),
    totalSeats: z.int().nonnegative(),
    taken: Bits,
    blocked: Bits,
    stock: z.array(TicketType.extend({ taken: z.int().nonnegative() })),
    holdCount: z.int().nonnegative(),
    closedCount: z.int().nonnegative(),
  }),
]);

const Holds = z.array(
  inventoryEvents.SeatsHeld.data.omit({ performanceId: true, showId: true }).extend({ status: z.enum(['held', 'sold']) }),
);
const Closed = z.array(z.string().refine(isShelf));
const Part = z.union([
  z.object({ holds: Holds }),
  z.object({ closed: Closed }),
  z.object({ buyers: z.array(z.tuple([UserId, z.int()])) }),
]);

const textOf = (bits: SeatBits): string => {
  const bytes = Buffer.alloc(bits.length * 4);
  for (const [index, word] of bits.entries()) bytes.writeUInt32LE(word, index * 4);
  return bytes.toString('base64');
};

const headOf = ({ hall, taken, blocked, stock, holds, closed, placesOfBuyer: _, ...open }: OpenInventory): object => ({
  ...open,
  sections: [...hall.sections.values()],
  totalSeats: hall.totalSeats,
  taken: textOf(taken),
  blocked: textOf(blocked),
  stock: [...stock.values()],
  holdCount: holds.size,
  closedCount: closedCount(closed),
});

const inParts = function* <T>(items: Iterable<T>, atOnce = AT_ONCE): Generator<T[]> {
  let part: T[] = [];
  for (const item of items) {
    part.push(item);
    if (part.length < atOnce) continue;
    yield part;
    part = [];
  }
  if (part.length > 0) yield part;
};

const linesOf = function* (state: Inventory): Generator<object> {
  if (state.status === 'unopened') return yield state;
  yield headOf(state);
  for (const holds of inParts(state.holds.values())) yield { holds };
  for (const closed of inParts(state.closed.values(), SHELVES_AT_ONCE)) yield { closed };
  for (const buyers of inParts(state.placesOfBuyer)) yield { buyers };
};

/** A state as compressed lines of JSON. It is a value that never changes, so others may go on with it meanwhile. */
export const encodeInventory = async (state: Inventory): Promise<Buffer> => {
  const lines: string[] = [];
  for (const line of linesOf(state)) {
    lines.push(JSON.stringify(line));
    await breath();
  }
  return promisify(gzip)(lines.join('\n'), { level: 1 });
};

/** Throws for bytes that are not such a state, whole and in this version's shape. */
export const decodeInventory = async (bytes: Buffer): Promise<Inventory> => {
  const [first = '', ...lines] = (await promisify(gunzip)(bytes)).toString().split('\n');
  const head = Head.parse(JSON.parse(first));
  if (head.status === 'unopened') return head;
  const holds = PersistentMap<ReservationId, Hold>().asMutable();
  const shelves: string[] = [];
  const placesOfBuyer = PersistentMap<UserId, number>().asMutable();
  for (const line of lines) {
    await breath();
    const part = Part.parse(JSON.parse(line));
    if ('holds' in part) for (const hold of part.holds) holds.set(hold.reservationId, hold);
    else if ('closed' in part) shelves.push(...part.closed);
    else for (const [userId, places] of part.buyers) placesOfBuyer.set(userId, places);
  }
  const { sections, totalSeats, stock, holdCount, closedCount: everClosed, ...rest } = head;
  const closed = closedFrom(shelves);
  if (holds.size !== holdCount) throw new Error(`${holds.size} holds where ${holdCount} should be`);
  if (closedCount(closed) !== everClosed) throw new Error(`${closedCount(closed)} closed holds where ${everClosed} should be`);
  return {
    ...rest,
    hall: { sections: new Map(sections.map((section) => [section.section, section])), totalSeats },
    stock: new Map(stock.map((type) => [type.ticketTypeId, type])),
    holds: holds.asImmutable(),
    closed,
    placesOfBuyer: placesOfBuyer.asImmutable(),
  };
};
