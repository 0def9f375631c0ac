import { randomBytes } from 'node:crypto';
import { type PerformanceId, ReservationId, ReservationNumber, type UserId } from '@tiketi/shared-kernel/contracts/ids.js';
import { parse, v5 as uuidv5 } from 'uuid';

/** Names the derivation below; changing it would give old requests new reservations. */
const RESERVATIONS = parse('0b2f6f5a-6a52-4f0c-9a55-1d6c6e1f3a10');

/**
 * The same buyer with the same Idempotency-Key at the same performance always means the same reservation. The performance is part of
 * it because each inventory can only remember its own: one id in two of them would be two holds and one expiry.
 */
export const reservationIdOf = (userId: UserId, performanceId: PerformanceId, idempotencyKey: string): ReservationId =>
  ReservationId.parse(uuidv5(Buffer.from(`${userId}:${performanceId}:${idempotencyKey}`), RESERVATIONS));

const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

/** Weights 1…12 over the characters, modulo 31 (prime): finds every single wrong character and every swap of neighbours. */
const checkCharacter = (body: string): string => {
  let sum = 0;
  for (const [index, character] of [...body].entries()) sum += (index + 1) * ALPHABET.indexOf(character);
  return ALPHABET.charAt(sum % 31);
};

/** A fresh number: 59 random bits over 31 characters of Crockford's alphabet, in three groups, and a check character. */
export const newReservationNumber = (random: (size: number) => Uint8Array = randomBytes): ReservationNumber => {
  let body = '';
  while (body.length < 12) {
    // a byte past the largest multiple of 31 would favour the first characters
    for (const byte of random(16)) if (byte < 248 && body.length < 12) body += ALPHABET.charAt(byte % 31);
  }
  return ReservationNumber.parse(`TK-${body.slice(0, 4)}-${body.slice(4, 8)}-${body.slice(8)}-${checkCharacter(body)}`);
};

/** Whether a typed-in number can be one of ours: 'Z', the 32nd character, is none of them and would pass for '0' in the sum. */
export const isReservationNumber = (text: string): boolean => {
  if (!ReservationNumber.safeParse(text).success) return false;
  const body = text.slice(3, -2).replaceAll('-', '');
  if (body.includes('Z')) return false;
  return checkCharacter(body) === text.slice(-1);
};
