import type { EventSink } from './event-sink.js';
import { eventFrame, type RecordRef } from './read-response.js';
import type { Reader } from './reader.js';

/** How the caller wants events written. */
export interface Delivery {
  readonly resolveLinks: boolean;
  readonly structuredIds: boolean;
}

/** Sends one record, its link resolved if asked for; returns a promise only where something must be waited for. */
export const deliver = (reader: Reader, sink: EventSink, record: RecordRef, how: Delivery): Promise<void> | undefined => {
  if (how.resolveLinks && reader.isLink(record)) return deliverLink(reader, sink, record, how);
  sink.send(eventFrame(record, undefined, how.structuredIds));
  return sink.full ? sink.drained() : undefined;
};

const deliverLink = async (reader: Reader, sink: EventSink, link: RecordRef, how: Delivery): Promise<void> => {
  sink.send(eventFrame(await reader.target(link), link, how.structuredIds));
  if (sink.full) await sink.drained();
};
