import type { ReadReq } from '@eventstore/db-client/generated/streams_pb.js';
import { byPrefix, byRegex, type FilteredField, type RecordFilter } from '../store/all-filter.js';
import { invalidArgument } from './errors.js';

const DEFAULT_WINDOW = 32;

/** What a `Read` asks for. Positions and revisions are inclusive or exclusive as the kind of read has it. */
export interface ReadRequest {
  /** The stream, or undefined for `$all`. */
  readonly stream: string | undefined;
  readonly from: 'start' | 'end' | number;
  /** Infinity for a subscription. */
  readonly count: number;
  readonly subscription: boolean;
  readonly backwards: boolean;
  readonly resolveLinks: boolean;
  readonly structuredIds: boolean;
  readonly filter: RecordFilter | undefined;
  /** Considered events between two checkpoints of a filtered subscription. */
  readonly checkpointEvery: number;
}

const filterOf = (options: ReadReq.Options): RecordFilter | undefined => {
  const filter = options.getFilter();
  const expression = filter?.getStreamIdentifier() ?? filter?.getEventType();
  if (filter === undefined || expression === undefined) return undefined;
  const field: FilteredField = filter.hasStreamIdentifier() ? 'stream' : 'type';
  const prefixes = expression.getPrefixList();
  if (prefixes.length > 0) return byPrefix(field, prefixes);
  try {
    return byRegex(field, expression.getRegex());
  } catch {
    throw invalidArgument(`The filter's expression could not be read: ${expression.getRegex()}`);
  }
};

const checkpointEvery = (options: ReadReq.Options): number => {
  const filter = options.getFilter();
  const window = filter?.hasMax() ? filter.getMax() : DEFAULT_WINDOW;
  return Math.max(1, window) * Math.max(1, filter?.getCheckpointintervalmultiplier() ?? 1);
};

const startOfAll = (all: ReadReq.Options.AllOptions): ReadRequest['from'] => {
  const position = all.getPosition();
  if (position === undefined) return all.hasEnd() ? 'end' : 'start';
  const commit = BigInt(position.getCommitPosition());
  if (commit < BigInt(position.getPreparePosition()))
    throw invalidArgument('The commit position must not be before the prepare position.');
  return Number(commit);
};

const startOfStream = (stream: ReadReq.Options.StreamOptions): ReadRequest['from'] => {
  if (stream.hasRevision()) return Number(stream.getRevision());
  return stream.hasEnd() ? 'end' : 'start';
};

/** Reads the request's options; throws a CallError when they make no sense. */
export const parseReadRequest = (request: ReadReq): ReadRequest => {
  const options = request.getOptions();
  const stream = options?.getStream();
  const all = options?.getAll();
  if (options === undefined || (stream === undefined && all === undefined))
    throw invalidArgument('A read names a stream or $all.');
  const name =
    stream === undefined ? undefined : Buffer.from(stream.getStreamIdentifier()?.getStreamName_asU8() ?? []).toString();
  if (name === '') throw invalidArgument('A read names a stream or $all.');
  return {
    stream: name,
    from: all === undefined ? (stream === undefined ? 'start' : startOfStream(stream)) : startOfAll(all),
    count: options.hasSubscription() ? Number.POSITIVE_INFINITY : Number(options.getCount()),
    subscription: options.hasSubscription(),
    backwards: options.getReadDirection() === 1,
    resolveLinks: options.getResolveLinks(),
    structuredIds: options.getUuidOption()?.hasStructured() === true,
    filter: filterOf(options),
    checkpointEvery: checkpointEvery(options),
  };
};
