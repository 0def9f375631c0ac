import { describe, expect, it } from '@jest/globals';
import { PerformanceId } from '@tiketi/shared-kernel/contracts/ids.js';
import fc from 'fast-check';
import { isReservationNumber, newReservationNumber, reservationIdOf } from './ids.js';
import { anna, ben, performanceId } from './testing/facts.js';

describe('reservation ids', () => {
  it('are the same for the same buyer and key', () =>
    expect(reservationIdOf(anna, performanceId, 'k1')).toBe(reservationIdOf(anna, performanceId, 'k1')));
  it('differ by key', () =>
    expect(reservationIdOf(anna, performanceId, 'k1')).not.toBe(reservationIdOf(anna, performanceId, 'k2')));
  it('differ by performance', () => {
    const other = PerformanceId.parse('5f0e0000-0000-4000-8000-000000000099');
    expect(reservationIdOf(anna, performanceId, 'k1')).not.toBe(reservationIdOf(anna, other, 'k1'));
  });
  it('differ by buyer', () =>
    expect(reservationIdOf(anna, performanceId, 'k1')).not.toBe(reservationIdOf(ben, performanceId, 'k1')));
});

describe('reservation numbers', () => {
  const bytes = fc.uint8Array({ minLength: 48, maxLength: 48, max: 247 });
  const numbered = bytes.map((source) => {
    let at = 0;
    return newReservationNumber((size) => {
      at += size;
      return source.slice(at - size, at);
    });
  });

  it('carry their own check character', () => fc.assert(fc.property(numbered, (number) => isReservationNumber(number))));
  it('skip bytes that would favour some characters', () => {
    const number = newReservationNumber(() => Uint8Array.from([255, 248, ...Array.from({ length: 14 }, (_, n) => n)]));
    expect(number).toMatch(/^TK-0123-4567-89AB-/);
  });
  it('show one wrong character', () =>
    fc.assert(
      fc.property(numbered, fc.nat(11), fc.integer({ min: 1, max: 31 }), (number, place, shift) => {
        const alphabet = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
        const at = 3 + place + Math.floor(place / 4);
        const wrong = alphabet.charAt((alphabet.indexOf(number.charAt(at)) + shift) % 32);
        expect(isReservationNumber(number.slice(0, at) + wrong + number.slice(at + 1))).toBe(false);
      }),
    ));
  it('show two neighbours that changed places', () =>
    fc.assert(
      fc.property(numbered, fc.nat(10), (number, place) => {
        const body = number.slice(3, -2).replaceAll('-', '');
        const [one = '', other = ''] = [body[place], body[place + 1]];
        const swapped = body.slice(0, place) + other + one + body.slice(place + 2);
        const written = `TK-${swapped.slice(0, 4)}-${swapped.slice(4, 8)}-${swapped.slice(8)}-${number.slice(-1)}`;
        return isReservationNumber(written) === (one === other);
      }),
    ));
  it('are not just anything', () => expect(isReservationNumber('TK-ILOU')).toBe(false));
});
