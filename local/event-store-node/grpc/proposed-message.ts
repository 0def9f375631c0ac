import type { ProposedEvent } from '../log/record.js';
import type { ProtoReader } from './proto-read.js';

/** An event as it came in, and what is wrong with it if anything is. */
export interface ParsedEvent extends ProposedEvent {
  readonly fault: EventFault | undefined;
}

export type EventFault = 'no-id' | 'no-type' | 'empty-type' | 'no-content-type';

const EMPTY = Buffer.alloc(0);
const JSON_TYPE = Buffer.from('application/json');
const CANONICAL = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
const ZERO = '00000000-0000-0000-0000-000000000000';

const fromBits = (most: bigint, least: bigint): string => {
  const hex = ((most << 64n) | least).toString(16).padStart(32, '0');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
};

const structured = (reader: ProtoReader): string => {
  let most = 0n;
  let least = 0n;
  for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
    if (tag === 0x08) most = reader.bits();
    else if (tag === 0x10) least = reader.bits();
    else reader.skip(tag);
  }
  return fromBits(most, least);
};

/** The lower-case text of a UUID message in either form; '' where it holds none. */
export const parseUuid = (reader: ProtoReader): string => {
  let id = '';
  for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
    if (tag === 0x0a) id = structured(reader.message());
    else if (tag === 0x12) id = reader.text('latin1').toLowerCase();
    else reader.skip(tag);
  }
  return CANONICAL.test(id) ? id : '';
};

const TYPE_KEY = Buffer.from('type');
const CONTENT_TYPE_KEY = Buffer.from('content-type');

export const parseProposedMessage = (reader: ProtoReader): ParsedEvent => {
  let id = '';
  let type: Buffer | undefined;
  let contentType: Buffer | undefined;
  let metadata: Buffer = EMPTY;
  let data: Buffer = EMPTY;
  for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
    if (tag === 0x0a) id = parseUuid(reader.message());
    else if (tag === 0x12) {
      const entry = reader.message();
      let key: Buffer = EMPTY;
      let value: Buffer = EMPTY;
      for (let inner = entry.tag(); inner !== 0; inner = entry.tag()) {
        if (inner === 0x0a) key = entry.slice();
        else if (inner === 0x12) value = entry.slice();
        else entry.skip(inner);
      }
      if (key.equals(TYPE_KEY)) type = value;
      else if (key.equals(CONTENT_TYPE_KEY)) contentType = value;
    } else if (tag === 0x1a) metadata = reader.slice();
    else if (tag === 0x22) data = reader.slice();
    else reader.skip(tag);
  }
  const fault = findFault(id, type, contentType);
  return { id, type: type ?? EMPTY, json: contentType?.equals(JSON_TYPE) === true, metadata, data, fault };
};

const findFault = (id: string, type: Buffer | undefined, contentType: Buffer | undefined): EventFault | undefined => {
  if (type === undefined) return 'no-type';
  if (contentType === undefined) return 'no-content-type';
  if (type.length === 0) return 'empty-type';
  return id === '' || id === ZERO ? 'no-id' : undefined;
};

/** What an event counts towards the maximum append size: data, metadata and its type as UTF-16. */
export const sizeOnDisk = (event: ProposedEvent): number =>
  event.data.length + event.metadata.length + event.type.toString().length * 2;
