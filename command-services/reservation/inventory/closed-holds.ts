import type { ReservationId } from '@tiketi/shared-kernel/contracts/ids.js';
import { Map as PersistentMap } from 'immutable';
import { DIGEST_LENGTH, digestOf, type Wish } from './wish.js';

/**
 * Every reservation whose hold was released, as records of 30 characters: its id in base64url and the digest of its wish. Records of one
 * shelf stand one after another in one string, because a map entry for each costs five times the memory and gives every full garbage
 * collection something to visit; there are up to 4,096 shelves, because a release copies its own.
 */
export type ClosedHolds = PersistentMap<string, string>;

export const noneClosed: ClosedHolds = PersistentMap();

const ID_LENGTH = 22;
const RECORD_LENGTH = ID_LENGTH + DIGEST_LENGTH;

const keyOf = (id: ReservationId): string => Buffer.from(id.replaceAll('-', ''), 'hex').toString('base64url');

/** 12 of the id's last bits, which are as good as random in a derived id (a key's last character has two only). */
const shelfOf = (key: string): string => key.slice(ID_LENGTH - 3, ID_LENGTH - 1);

/** Where the record of a key begins; -1 where there is none. */
const placeOf = (key: string, records: string): number => {
  let at = records.indexOf(key);
  // a key that two neighbouring records happen to spell is none
  while (at % RECORD_LENGTH > 0) at = records.indexOf(key, at + 1);
  return at;
};

const digestAt = (closed: ClosedHolds, key: string): string | undefined => {
  const records = closed.get(shelfOf(key), '');
  const at = placeOf(key, records);
  return at < 0 ? undefined : records.slice(at + ID_LENGTH, at + RECORD_LENGTH);
};

export const isClosed = (closed: ClosedHolds, id: ReservationId): boolean => digestAt(closed, keyOf(id)) !== undefined;

/** Whether a closed hold had this wish; undefined where the reservation has no closed hold. */
export const wasWish = (closed: ClosedHolds, id: ReservationId, wish: Wish): boolean | undefined => {
  const digest = digestAt(closed, keyOf(id));
  return digest === undefined ? undefined : digest === digestOf(wish);
};

/** With one more, where it is not there yet. */
export const withClosed = (closed: ClosedHolds, id: ReservationId, wish: Wish): ClosedHolds => {
  const key = keyOf(id);
  if (digestAt(closed, key) !== undefined) return closed;
  return closed.update(shelfOf(key), '', (records) => records + key + digestOf(wish));
};

/** How many there are. */
export const closedCount = (closed: ClosedHolds): number =>
  closed.reduce((sum, records) => sum + records.length / RECORD_LENGTH, 0);

const UNKNOWN = /[^\w-]/;

/** Whether a text can be a shelf. Of a pattern with a repeated group a very long one would overflow the stack. */
export const isShelf = (text: string): boolean => text !== '' && text.length % RECORD_LENGTH === 0 && !UNKNOWN.test(text);

/** As they were, from the strings of their shelves. */
export const closedFrom = (shelves: Iterable<string>): ClosedHolds =>
  PersistentMap(Array.from(shelves, (records): [string, string] => [shelfOf(records), records]));
