import type { InventoryEvent } from '@tiketi/shared-kernel/contracts/events/inventory.js';
import { PricedSection } from '@tiketi/shared-kernel/contracts/events/layout.js';
import { UserId } from '@tiketi/shared-kernel/contracts/ids.js';
import { Instant } from '@tiketi/shared-kernel/contracts/time.js';
import type { Decision } from '@tiketi/shared-kernel/event-sourcing/decider.js';
import { z } from 'zod';
import { type HallSection, MOST_SEATS } from './hall.js';
import type { Inventory } from './inventory.js';

export const AddSections = z.object({ sections: z.array(PricedSection).readonly(), by: UserId, now: Instant });
export type AddSections = z.infer<typeof AddSections>;

export type AddSectionsRefusal = 'PerformanceNotFound' | 'SalesCancelled' | 'SectionExists' | 'HallTooLarge';

const isSame = (known: HallSection | undefined, { rows, seatsPerRow, grade, price }: PricedSection): boolean =>
  known?.rows === rows && known.seatsPerRow === seatsPerRow && known.grade === grade && known.price === price;

/** More seats after those there are, under new names; the hall stays within the size of a layout. */
export const addSections =
  (c: AddSections) =>
  (s: Inventory): Decision<InventoryEvent, AddSectionsRefusal> => {
    if (s.status === 'unopened') return { refused: 'PerformanceNotFound' };
    if (c.sections.every((section) => isSame(s.hall.sections.get(section.section), section))) return { accepted: [] };
    if (s.status === 'cancelled') return { refused: 'SalesCancelled' };
    const names = new Set(c.sections.map(({ section }) => section));
    const exists = c.sections.some(({ section }) => s.hall.sections.has(section));
    if (exists || names.size < c.sections.length) return { refused: 'SectionExists' };
    const seats = c.sections.reduce((sum, { rows, seatsPerRow }) => sum + rows * seatsPerRow, s.hall.totalSeats);
    if (seats > MOST_SEATS) return { refused: 'HallTooLarge' };
    const { performanceId } = s;
    return {
      accepted: [{ type: 'SectionsAdded', data: { performanceId, sections: [...c.sections], addedBy: c.by, addedAt: c.now } }],
    };
  };
