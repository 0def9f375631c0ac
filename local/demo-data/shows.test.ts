import { describe, expect, it } from '@jest/globals';
import { CreateShowRequest, DefineLayoutRequest, TicketTypeRequest } from '@tiketi/shared-kernel/contracts/http/shows.js';
import { anchorFrom, onSaleSince, seoulTime } from './dates.js';
import { demoLayouts } from './layouts.js';
import { demoShows } from './shows.js';

const ANCHOR = Date.parse('2026-05-01T16:20:00Z');

describe('demo dates', () => {
  it('count days in Seoul, where the anchor may be a day ahead of UTC', () => {
    expect(seoulTime(ANCHOR, 0, '19:30')).toBe('2026-05-02T10:30:00.000Z');
    expect(seoulTime(ANCHOR, 3, '08:00')).toBe('2026-05-04T23:00:00.000Z');
  });

  it('lead back to the first start', () => expect(anchorFrom(onSaleSince(ANCHOR))).toBe(ANCHOR));
});

describe('demo layouts', () => {
  const seatsOf = (key: string) =>
    demoLayouts.find((layout) => layout.key === key)?.sections.reduce((sum, s) => sum + s.rows * s.seatsPerRow, 0);

  it.each([
    ['small-theatre', 265],
    ['musical-hall', 1250],
    ['stadium', 4900],
    ['arena', 15_000],
    ['lakeside', 400],
  ])('%s has %i seats', (key, seats) => expect(seatsOf(key)).toBe(seats));

  it.each(demoLayouts)('$key is one the API takes, each section once', ({ name, description, sections }) => {
    DefineLayoutRequest.parse({ name, description, sections });
    expect(new Set(sections.map(({ section }) => section)).size).toBe(sections.length);
  });
});

describe('demo shows', () => {
  const shows = demoShows(ANCHOR);

  it.each(shows)('$key is one the API takes, priced as its layout is graded', ({ details, layout, prices, performances }) => {
    CreateShowRequest.parse(details);
    const grades = new Set(demoLayouts.find(({ key }) => key === layout)?.sections.map(({ grade }) => grade));
    expect(Object.keys(prices).sort()).toEqual([...grades].sort());
    expect([...performances].sort()).toEqual([...performances]);
    for (const startsAt of performances) expect(Date.parse(startsAt)).toBeGreaterThan(Date.parse(details.saleStartDate));
  });

  it('have one with places of general admission beside its seats', () => {
    const mixed = shows.filter(({ ticketTypes }) => ticketTypes !== undefined);
    expect(mixed.map(({ key }) => key)).toEqual(['silver-lake-festival']);
    for (const { ticketTypes = [] } of mixed) {
      for (const type of ticketTypes) TicketTypeRequest.parse(type);
      expect(new Set(ticketTypes.map(({ name }) => name)).size).toBe(ticketTypes.length);
    }
  });

  it('have one that opens later, the others open now, and two with several performances', () => {
    const later = shows.filter(({ details }) => Date.parse(details.saleStartDate) > ANCHOR);
    expect(later.map(({ key }) => key)).toEqual(['paper-planes']);
    expect(shows.length).toBeGreaterThanOrEqual(5);
    expect(shows.filter(({ performances }) => performances.length > 2).length).toBeGreaterThanOrEqual(2);
  });
});
