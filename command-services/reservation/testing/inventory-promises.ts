import type { InventoryEvent } from '@tiketi/shared-kernel/contracts/events/inventory.js';

type Held = Extract<InventoryEvent, { type: 'SeatsHeld' }>['data'];

/**
 * Everything a history of one inventory breaks of what is promised about it, as sentences; empty where all is kept. Told from the events
 * alone: it shares nothing with the code that decides.
 */
export const brokenPromises = (events: readonly InventoryEvent[]): readonly string[] => {
  const broken: string[] = [];
  const holds = new Map<string, { readonly held: Held; status: 'held' | 'sold' | 'released' }>();
  const holderOf = new Map<string, string>();
  const kept = new Set<string>();
  const stock = new Map<string, number>();
  const sectionSizes = new Map<string, readonly [number, number]>();
  const placesOf = new Map<string, number>();
  let limit = 0;
  let sales: 'unopened' | 'open' | 'closed' | 'cancelled' = 'unopened';

  const seatExists = (seatId: string): boolean => {
    const [section = '', row, seat] = seatId.split('-');
    const [rows, width] = sectionSizes.get(section) ?? [0, 0];
    return Number(row) <= rows && Number(seat) <= width;
  };
  const takenOf = (ticketTypeId: string): number =>
    [...holds.values()]
      .filter(({ status }) => status !== 'released')
      .flatMap(({ held }) => held.quantities.filter((each) => each.ticketTypeId === ticketTypeId))
      .reduce((sum, { quantity }) => sum + quantity, 0);
  const sizeOf = ({ seats, quantities }: Held): number => quantities.reduce((sum, { quantity }) => sum + quantity, seats.length);
  const count = (held: Held, sign: 1 | -1): void => {
    placesOf.set(held.userId, (placesOf.get(held.userId) ?? 0) + sign * sizeOf(held));
  };

  for (const event of events) {
    switch (event.type) {
      case 'InventoryOpened':
        if (sales !== 'unopened') broken.push('opened twice');
        sales = 'open';
        limit = event.data.terms.maxSeatsPerBuyer;
        for (const { section, rows, seatsPerRow } of event.data.sections) sectionSizes.set(section, [rows, seatsPerRow]);
        for (const { ticketTypeId, quantity } of event.data.ticketTypes) stock.set(ticketTypeId, quantity);
        break;
      case 'SeatsHeld': {
        const { reservationId, userId, seats, quantities, totalAmount } = event.data;
        if (sales !== 'open') broken.push(`${reservationId} holds while sales are ${sales}`);
        if (holds.has(reservationId)) broken.push(`${reservationId} holds again`);
        for (const { seatId } of seats) {
          const holder = holderOf.get(seatId);
          if (holder !== undefined) broken.push(`${seatId} goes to ${reservationId} while ${holder} has it`);
          if (kept.has(seatId)) broken.push(`${seatId} is kept from sale and goes to ${reservationId}`);
          if (!seatExists(seatId)) broken.push(`${seatId} is not there and goes to ${reservationId}`);
          holderOf.set(seatId, reservationId);
        }
        holds.set(reservationId, { held: event.data, status: 'held' });
        count(event.data, 1);
        for (const { ticketTypeId } of quantities)
          if (takenOf(ticketTypeId) > (stock.get(ticketTypeId) ?? 0)) broken.push(`${ticketTypeId} is oversold`);
        if ((placesOf.get(userId) ?? 0) > limit) broken.push(`${userId} has more than ${limit}`);
        const due =
          seats.reduce((sum, { price }) => sum + price, 0) +
          quantities.reduce((sum, { quantity, unitPrice }) => sum + quantity * unitPrice, 0);
        if (due !== totalAmount) broken.push(`${reservationId} costs ${due} and says ${totalAmount}`);
        if (sizeOf(event.data) === 0) broken.push(`${reservationId} holds nothing`);
        break;
      }
      case 'SeatsSold':
      case 'SeatsReleased': {
        const hold = holds.get(event.data.reservationId);
        const fits = hold?.status === 'held' || (hold?.status === 'sold' && reasonOf(event) === 'refunded');
        if (!fits) broken.push(`${event.type} of ${event.data.reservationId}, which is ${hold?.status ?? 'unknown'}`);
        if (hold === undefined) break;
        hold.status = event.type === 'SeatsSold' ? 'sold' : 'released';
        if (hold.status === 'sold') break;
        for (const { seatId } of hold.held.seats) holderOf.delete(seatId);
        count(hold.held, -1);
        break;
      }
      case 'SeatsBlocked':
        for (const seatId of event.data.seatIds) {
          if (holderOf.has(seatId)) broken.push(`${seatId} is blocked while ${holderOf.get(seatId)} has it`);
          kept.add(seatId);
        }
        break;
      case 'SeatsUnblocked':
        for (const seatId of event.data.seatIds) kept.delete(seatId);
        break;
      case 'SectionsAdded':
        for (const { section, rows, seatsPerRow } of event.data.sections) {
          if (sectionSizes.has(section)) broken.push(`section ${section} is there twice`);
          sectionSizes.set(section, [rows, seatsPerRow]);
        }
        break;
      case 'TicketTypeSet': {
        const { ticketTypeId, quantity } = event.data.ticketType;
        if (takenOf(ticketTypeId) > quantity) broken.push(`${ticketTypeId} has fewer places than are held and sold`);
        stock.set(ticketTypeId, quantity);
        break;
      }
      case 'SalesClosed':
        if (sales !== 'open') broken.push(`closed while ${sales}`);
        sales = 'closed';
        break;
      case 'SalesReopened':
        if (sales !== 'closed') broken.push(`reopened while ${sales}`);
        sales = 'open';
        break;
      case 'SalesCancelled':
        if (sales === 'cancelled') broken.push('cancelled twice');
        sales = 'cancelled';
        break;
      case 'SaleTermsChanged':
        limit = Math.max(limit, event.data.terms.maxSeatsPerBuyer);
        break;
      case 'SectionPricesChanged':
    }
  }
  return broken;
};

const reasonOf = (event: InventoryEvent): string | undefined => (event.type === 'SeatsReleased' ? event.data.reason : undefined);
