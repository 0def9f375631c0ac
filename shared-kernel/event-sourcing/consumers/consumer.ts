import type { Transaction } from 'kysely';
import type { TiketiEvent } from '../../contracts/events/catalog-of-events.js';
import type { Decoded, Recorded } from '../codec.js';
import type { DomainEvent } from '../decider.js';
import type { StoredEvent } from '../event-store/port.js';

/** What a consumer needs of a codec: the events it knows. Every `createCodec` result fits. */
export type EventDecoder = {
  readonly types: readonly string[];
  readonly decode: (stored: StoredEvent) => Decoded<DomainEvent>;
};

/**
 * Reads the log under its own name, checkpoint and lease. Declared with methods so that a consumer written
 * against its own events and its own tables is one of these without a cast.
 */
export type Consumer = {
  /** A literal, e.g. `'tickets'`: the checkpoint is stored under it. */
  readonly name: string;
  /** What its rows were built by; a checkpoint left by another version stops the consumer until it is rebuilt. */
  readonly version?: number;
  readonly codec: EventDecoder;
  /** Event types handed to `apply`; all others only advance the position. */
  readonly handles: ReadonlySet<string>;
  /** The unit of order and of parking, e.g. the reservation id. Must not throw for a decoded event. */
  keyOf(event: Recorded<TiketiEvent>): string;
  /** Takes the batch in log order inside one transaction; no I/O but the transaction. */
  apply(tx: Transaction<unknown>, batch: readonly Recorded<TiketiEvent>[]): Promise<void>;
  /** `'park'` sets a failing event aside, with all later ones of its key; `'stop'` halts and alarms. */
  readonly onFailure: 'park' | 'stop';
  /** Least time between the beginnings of two of its batches, where it may lag more than others and so cost less. */
  readonly gatherMs?: number;
};
