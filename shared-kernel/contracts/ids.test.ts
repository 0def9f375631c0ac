import { describe, expect, it } from '@jest/globals';
import { LayoutId, PerformanceId, ReservationId, ShowId, TicketTypeId, UserId } from './ids.js';

describe('ids', () => {
  it.each(Object.entries({ LayoutId, PerformanceId, ReservationId, ShowId, TicketTypeId, UserId }))(
    '%s is the same in upper and lower case',
    (_, parser) => {
      expect(parser.parse('4970A91E-8F3B-5718-8AE3-AB44569A8520')).toBe('4970a91e-8f3b-5718-8ae3-ab44569a8520');
      expect(parser.safeParse(' 4970a91e-8f3b-5718-8ae3-ab44569a8520').success).toBe(false);
    },
  );
});
