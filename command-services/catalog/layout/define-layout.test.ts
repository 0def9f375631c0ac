import { describe, it } from '@jest/globals';
import type { LayoutEvent, LayoutSection } from '@tiketi/shared-kernel/contracts/events/layout.js';
import { LayoutId, UserId } from '@tiketi/shared-kernel/contracts/ids.js';
import { Instant } from '@tiketi/shared-kernel/contracts/time.js';
import { given } from '@tiketi/shared-kernel/event-sourcing/testing/scenario.js';
import { type DefineLayout, defineLayout } from './define-layout.js';
import { layout } from './layout.js';

const stalls: LayoutSection = { section: 'A', rows: 10, seatsPerRow: 20, grade: 'VIP' };
const balcony: LayoutSection = { section: 'B', rows: 5, seatsPerRow: 13, grade: 'R' };

const command: DefineLayout = {
  layoutId: LayoutId.parse('6f1f3d6c-7a53-4d0a-9f3e-0f4a1f2b3c01'),
  name: 'Small hall',
  description: '',
  sections: [stalls, balcony],
  by: UserId.parse('6f1f3d6c-7a53-4d0a-9f3e-0f4a1f2b3c02'),
  now: Instant.parse('2026-05-01T10:00:00.000Z'),
};

const defined: LayoutEvent = {
  type: 'SeatLayoutDefined',
  data: {
    layoutId: command.layoutId,
    name: command.name,
    description: '',
    sections: [stalls, balcony],
    totalSeats: 265,
    definedBy: command.by,
    definedAt: command.now,
  },
};

describe('defining a seat layout', () => {
  it('counts its seats', () => given(layout).when(defineLayout(command)).accepts(defined));

  it('does nothing the second time', () => given(layout, defined).when(defineLayout(command)).changesNothing());

  it('refuses another layout under the same key', () =>
    given(layout, defined)
      .when(defineLayout({ ...command, sections: [stalls] }))
      .refuses('IDEMPOTENCY_KEY_REUSED'));

  it('refuses two sections of one name', () =>
    given(layout)
      .when(defineLayout({ ...command, sections: [stalls, { ...balcony, section: 'A' }] }))
      .refuses('SECTION_NAMED_TWICE'));

  it('refuses more than 50,000 seats', () =>
    given(layout)
      .when(defineLayout({ ...command, sections: [{ ...stalls, rows: 501, seatsPerRow: 100 }] }))
      .refuses('LAYOUT_TOO_LARGE'));

  it('takes exactly 50,000 seats', () => {
    const sections = [{ ...stalls, rows: 500, seatsPerRow: 100 }];
    given(layout)
      .when(defineLayout({ ...command, sections }))
      .accepts({ type: 'SeatLayoutDefined', data: { ...defined.data, sections, totalSeats: 50_000 } });
  });
});
