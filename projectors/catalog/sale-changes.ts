import type { InventoryEvent } from '@tiketi/shared-kernel/contracts/events/inventory.js';
import type { PricedSection } from '@tiketi/shared-kernel/contracts/events/layout.js';
import type { Recorded } from '@tiketi/shared-kernel/event-sourcing/codec.js';
import type { Selectable, Transaction, Updateable } from 'kysely';
import { placeColumns, setTicketType } from './places.js';
import type { CatalogTables } from './schema.js';
import { withMoreSeats } from './seat-bits.js';
import { countsOf } from './seat-changes.js';
import { seatsIn } from './seat-index.js';
import { priceColumns } from './show-rows.js';

type Tx = Transaction<CatalogTables>;
type Row = Selectable<CatalogTables['performances']>;
type Columns = Updateable<CatalogTables['performances']>;
type Of<T extends InventoryEvent['type']> = Recorded<Extract<InventoryEvent, { type: T }>>;
type Handler<T extends InventoryEvent['type']> = (tx: Tx, events: readonly Of<T>[]) => Promise<void>;

const json = (value: unknown): string => JSON.stringify(value);

/** A seat map is another version from the event on that changed it. */
const mapColumns = (row: Row, sections: readonly PricedSection[], revision: bigint): Columns => ({
  sections: json(sections),
  map_revision: revision.toString(),
  ...priceColumns([...sections, ...row.ticket_types]),
});

const addSections = (row: Row, { data, revision }: Of<'SectionsAdded'>): Columns => {
  const sections = [...row.sections, ...data.sections];
  const totalSeats = seatsIn(sections);
  const bits = withMoreSeats(row.seat_status, totalSeats);
  return {
    ...mapColumns(row, sections, revision),
    total_seats: totalSeats,
    available_seats: countsOf({ bits, totalSeats }).available,
    seat_status: bits,
  };
};

const changePrices = (row: Row, { data, revision }: Of<'SectionPricesChanged'>): Columns => {
  const prices = new Map(data.prices.map(({ section, price }) => [section, price]));
  const sections = row.sections.map((known) => ({ ...known, price: prices.get(known.section) ?? known.price }));
  return mapColumns(row, sections, revision);
};

const changeTicketType = (row: Row, { data }: Of<'TicketTypeSet'>): Columns => {
  const stock = setTicketType(row.ticket_types, data.ticketType);
  return { ticket_types: json(stock), ...placeColumns(stock), ...priceColumns([...row.sections, ...stock]) };
};

/** What an organiser changes of a performance on sale: rare, so one row and one event at a time. */
export const saleHandlers = (schema: string) => {
  const handler =
    <T extends InventoryEvent['type']>(columnsOf: (row: Row, event: Of<T>) => Columns): Handler<T> =>
    async (transaction, events) => {
      const tx = transaction.withSchema(schema);
      for (const event of events) {
        const of = tx.selectFrom('performances').selectAll().where('id', '=', event.data.performanceId);
        const row = await of.executeTakeFirst();
        if (row === undefined || event.revision <= BigInt(row.inventory_revision)) continue;
        const columns = { ...columnsOf(row, event), inventory_revision: event.revision.toString() };
        await tx.updateTable('performances').set(columns).where('id', '=', row.id).execute();
      }
    };

  return {
    opened: handler<'InventoryOpened'>(() => ({})),
    sectionsAdded: handler<'SectionsAdded'>(addSections),
    pricesChanged: handler<'SectionPricesChanged'>(changePrices),
    ticketTypeSet: handler<'TicketTypeSet'>(changeTicketType),
    termsChanged: handler<'SaleTermsChanged'>((_, { data: { terms } }) => ({
      sale_start_at: new Date(terms.saleStartAt),
      sale_end_at: new Date(terms.saleEndAt),
    })),
    salesClosed: handler<'SalesClosed'>((_, { data }) => ({ sales_closed_at: new Date(data.closedAt) })),
    salesReopened: handler<'SalesReopened'>(() => ({ sales_closed_at: null })),
    salesCancelled: handler<'SalesCancelled'>((_, { data }) => ({ cancelled_at: new Date(data.cancelledAt) })),
  };
};
