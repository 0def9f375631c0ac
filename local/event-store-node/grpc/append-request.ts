import { ANY, NO_STREAM, STREAM_EXISTS } from '../store/check-commit.js';
import { type ParsedEvent, parseProposedMessage, parseUuid } from './proposed-message.js';
import { ProtoReader } from './proto-read.js';

/** Where an append goes and what it expects. `deadline` is in Unix ms, as an absolute time or from now. */
export interface AppendTarget {
  readonly stream: string;
  readonly expected: number;
  readonly deadline: number | undefined;
}

/** A message of the client-streamed `Append`: the target first, then one event each. */
export interface AppendMessage {
  readonly target: AppendTarget | undefined;
  readonly event: ParsedEvent | undefined;
}

/** A message of `BatchAppend`; the target comes with the first one of a correlation id. */
export interface BatchMessage {
  /** The id as the client sent it, to be sent back byte for byte. */
  readonly correlationBytes: Buffer;
  readonly correlationId: string;
  readonly target: AppendTarget | undefined;
  readonly events: readonly ParsedEvent[];
  readonly final: boolean;
}

const seconds = (reader: ProtoReader): number => {
  let ms = 0;
  for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
    if (tag === 0x08) ms += Number(BigInt.asIntN(64, reader.bits())) * 1000;
    else if (tag === 0x10) ms += Number(BigInt.asIntN(64, reader.bits())) / 1e6;
    else reader.skip(tag);
  }
  return ms;
};

const streamName = (reader: ProtoReader): string => {
  let name = '';
  for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
    if (tag === 0x1a) name = reader.text();
    else reader.skip(tag);
  }
  return name;
};

const parseTarget = (reader: ProtoReader): AppendTarget => {
  let stream = '';
  let expected = ANY;
  let deadline: number | undefined;
  for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
    switch (tag) {
      case 0x0a:
        stream = streamName(reader.message());
        break;
      case 0x10:
        expected = reader.varint();
        break;
      case 0x1a:
        reader.slice();
        expected = NO_STREAM;
        break;
      case 0x22:
        reader.slice();
        expected = ANY;
        break;
      case 0x2a:
        reader.slice();
        expected = STREAM_EXISTS;
        break;
      case 0x32:
        deadline = seconds(reader.message());
        break;
      case 0x3a:
        deadline = Date.now() + seconds(reader.message());
        break;
      default:
        reader.skip(tag);
    }
  }
  return { stream, expected, deadline };
};

export const parseAppendMessage = (bytes: Buffer): AppendMessage => {
  const reader = new ProtoReader(bytes);
  let target: AppendTarget | undefined;
  let event: ParsedEvent | undefined;
  for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
    if (tag === 0x0a) target = parseTarget(reader.message());
    else if (tag === 0x12) event = parseProposedMessage(reader.message());
    else reader.skip(tag);
  }
  return { target, event };
};

export const parseBatchMessage = (bytes: Buffer): BatchMessage => {
  const reader = new ProtoReader(bytes);
  let correlationBytes: Buffer = Buffer.alloc(0);
  let target: AppendTarget | undefined;
  const events: ParsedEvent[] = [];
  let final = false;
  for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
    if (tag === 0x0a) correlationBytes = reader.slice();
    else if (tag === 0x12) target = parseTarget(reader.message());
    else if (tag === 0x1a) events.push(parseProposedMessage(reader.message()));
    else if (tag === 0x20) final = reader.varint() !== 0;
    else reader.skip(tag);
  }
  return { correlationBytes, correlationId: parseUuid(new ProtoReader(correlationBytes)), target, events, final };
};
