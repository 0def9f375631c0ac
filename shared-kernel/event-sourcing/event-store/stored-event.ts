import type { RecordedEvent } from '@eventstore/db-client';
import { type Position, type StoredEvent, StoreUnavailableError } from './port.js';

/** What the store uses for "the end"; as a place to resume from it would skip everything (issue 4892 of the server). */
const NOWHERE = 2n ** 64n - 1n;

export const isPlace = ({ commit, prepare }: Position): boolean => commit < NOWHERE && prepare < NOWHERE;

/** Throws RangeError for a position that is none. */
export const checkedPosition = (position: Position): Position => {
  if (!isPlace(position)) throw new RangeError('the position 2^64-1 means the end and is no place to resume from');
  return position;
};

/** The client's record in the port's shape. */
export const toStoredEvent = (record: RecordedEvent): StoredEvent => {
  if (record.position === undefined) throw new StoreUnavailableError(`event ${record.id} came without its position`);
  return {
    id: record.id,
    stream: record.streamId,
    revision: record.revision,
    position: record.position,
    type: record.type,
    data: jsonOrNothing(record.isJson, record.data),
    metadata: jsonOrNothing(true, record.metadata),
    recordedAt: record.created,
  };
};

/** The client hands over text it could not parse as a string, and bytes as bytes; ours are always objects. */
const jsonOrNothing = (isJson: boolean, value: unknown): unknown =>
  isJson && typeof value !== 'string' && !(value instanceof Uint8Array) ? value : undefined;
