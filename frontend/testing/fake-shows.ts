import {
  SeatMap,
  ShowDetail,
  type ShowStatus,
  type ShowSummary,
  TicketTypeView,
} from '@tiketi/shared-kernel/contracts/http/shows.js';

type Text = { ko: string; en: string };
type Section = { section: string; rows: number; seatsPerRow: number; grade: string; price: number };
type Sketch = {
  title: Text;
  artist: Text;
  venue: Text;
  address: Text;
  description: Text;
  category: ShowSummary['category'];
  status: ShowStatus;
  sections: Section[];
  /** One performance an entry: when it starts and how many of a hundred seats are left. */
  performances: { startsAt: string; left: number }[];
  /** General admission of every performance, and how many places are left. */
  places?: { name: string; price: number; left: number }[];
};

export type FakeShow = { detail: ShowDetail; maps: SeatMap[]; ticketTypes: TicketTypeView[] };

/** A well-formed id that tells what it stands for by its last digits. */
export const fakeId = (kind: number, number: number): string =>
  `0000000${kind}-0000-4000-8000-${number.toString().padStart(12, '0')}`;

const mapOf = (performanceId: string, show: number, sections: readonly Section[]): SeatMap => {
  let firstIndex = 0;
  const placed = sections.map((section) => {
    const at = firstIndex;
    firstIndex += section.rows * section.seatsPerRow;
    return { ...section, firstIndex: at };
  });
  return SeatMap.parse({ performanceId, version: '0', layoutId: fakeId(3, show), totalSeats: firstIndex, sections: placed });
};

/** A show and its seat maps in the shapes of the contract, checked by it. */
export const fakeShow = (number: number, sketch: Sketch): FakeShow => {
  const maps = sketch.performances.map((_, index) => mapOf(fakeId(2, number * 100 + index), number, sketch.sections));
  const performances = sketch.performances.map(({ startsAt, left }, index) => {
    const totalSeats = maps[index]?.totalSeats ?? 0;
    const availableSeats = Math.round((totalSeats * left) / 100);
    const status = sketch.status === 'on_sale' && availableSeats === 0 ? 'sold_out' : sketch.status;
    return { id: maps[index]?.performanceId, startsAt, status, totalSeats, availableSeats };
  });
  const prices = sketch.sections.map(({ price }) => price);
  const sum = (counts: number[]): number => counts.reduce((total, count) => total + count, 0);
  const detail = ShowDetail.parse({
    id: fakeId(1, number),
    title: sketch.title,
    artistName: sketch.artist,
    venue: sketch.venue,
    address: sketch.address,
    description: sketch.description,
    category: sketch.category,
    posterImageUrl: null,
    status: sketch.status,
    saleStartDate: '2026-11-25T11:00:00.000Z',
    saleEndDate: '2027-01-30T14:59:00.000Z',
    eventDate: sketch.performances[0]?.startsAt ?? null,
    minPrice: Math.min(...prices),
    maxPrice: Math.max(...prices),
    totalSeats: sum(performances.map(({ totalSeats }) => totalSeats)),
    availableSeats: sum(performances.map(({ availableSeats }) => availableSeats)),
    performances,
    holdSeconds: 600,
    maxSeatsPerReservation: 4,
    maxSeatsPerBuyer: 4,
    createdAt: '2026-10-01T00:00:00.000Z',
    updatedAt: '2026-10-01T00:00:00.000Z',
  });
  const ticketTypes = (sketch.places ?? []).map(({ name, price, left }, index) =>
    TicketTypeView.parse({
      ...{ id: fakeId(4, number * 100 + index), performanceId: maps[0]?.performanceId, name, price },
      ...{ totalQuantity: 100, availableQuantity: left },
    }),
  );
  return { detail, maps, ticketTypes };
};
