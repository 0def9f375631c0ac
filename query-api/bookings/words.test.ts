import { describe, expect, it } from '@jest/globals';
import { loggedFacts } from '@tiketi/projectors/booking-log/facts.js';
import type { LoggedFacts } from '@tiketi/projectors/booking-log/schema.js';
import { eventSamples } from '@tiketi/shared-kernel/contracts/testing/event-samples.js';
import { wordsOf } from './words.js';

describe('an event of a booking', () => {
  const told = Object.entries(loggedFacts).flatMap(([type, facts]) => {
    if (facts === 'ignored') return [];
    // each sample is the data of the type it stands under
    const tell = facts as (data: unknown) => LoggedFacts;
    return [[type, wordsOf(type, tell(eventSamples[type as keyof typeof eventSamples]))] as const];
  });

  it.each(told)('%s is told in whole words', (type, words) => {
    expect(words).not.toBe(type);
    expect(words).not.toMatch(/undefined|NaN|null|\[object/);
  });

  it('of a type this release does not know is told by its name', () => {
    expect(wordsOf('SeatsAdmired', {})).toBe('SeatsAdmired');
  });

  it('says nothing where there is nothing', () => {
    expect(wordsOf('ReservationCancelled', { reason: 'show_cancelled' })).toBe(
      'cancelled (show cancelled), nothing to give back',
    );
    expect(wordsOf('PointsHoldVoided', { orderId: 'o', points: 0 })).toBe('hold of nothing for order o ended');
  });
});
