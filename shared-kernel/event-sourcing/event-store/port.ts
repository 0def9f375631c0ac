import type { EventMetadata } from '../metadata.js';

/** A place in the log of all streams. Both parts are kept: a filtered subscription may need the prepare part. */
export type Position = { readonly commit: bigint; readonly prepare: bigint };

/** The revision the stream must be at, or that it must not exist. `any` is not offered: domain streams never use it. */
export type ExpectedRevision = bigint | 'no_stream';

export type EventToAppend = {
  readonly id: string;
  readonly type: string;
  readonly data: unknown;
  readonly metadata: EventMetadata;
};

/** Frozen when first sent: a retry repeats it to the letter. */
export type AppendAttempt = {
  readonly stream: string;
  readonly expected: ExpectedRevision;
  readonly events: readonly EventToAppend[];
};

export type AppendOutcome =
  | { readonly kind: 'appended'; readonly revision: bigint; readonly position: Position }
  | { readonly kind: 'conflict' }
  /** Timeout, unavailable, cancelled, not leader: it may or may not be stored. */
  | { readonly kind: 'unknown'; readonly cause: string };

/** An event as read: JSON not yet parsed by a schema. `data` is undefined where the stored bytes are no JSON. */
export type StoredEvent = {
  readonly id: string;
  readonly stream: string;
  readonly revision: bigint;
  readonly position: Position;
  readonly type: string;
  readonly data: unknown;
  readonly metadata: unknown;
  readonly recordedAt: Date;
};

export type ReadStreamOptions = {
  /** Inclusive. */
  readonly from?: bigint | 'start' | 'end';
  readonly direction?: 'forwards' | 'backwards';
  readonly maxCount?: number;
};

/** Applied by the server. Prefixes of the stream name or of the event type. */
export type SubscriptionFilter =
  | { readonly by: 'streamPrefix' | 'eventTypePrefix'; readonly prefixes: readonly string[] }
  | { readonly by: 'streamRegex' | 'eventTypeRegex'; readonly regex: string };

export type SubscriptionItem =
  | { readonly kind: 'event'; readonly event: StoredEvent }
  /** Nothing before this position is still to come. */
  | { readonly kind: 'checkpoint'; readonly position: Position }
  | { readonly kind: 'caughtUp' };

export type SubscribeOptions = {
  /** Exclusive. */
  readonly from: Position | 'start';
  readonly filter?: SubscriptionFilter;
  readonly signal: AbortSignal;
};

/**
 * The event store by role. `append` never throws for an outcome it can name and never hangs past its own timer;
 * it throws StoreRefusedError for what no retry mends (too large, stream deleted, access denied). Reads of a missing
 * stream yield nothing. Reads and subscriptions throw StoreUnavailableError when the connection fails.
 */
export type EventStore = {
  readonly append: (attempt: AppendAttempt, options?: { readonly timeoutMs?: number }) => Promise<AppendOutcome>;
  readonly readStream: (stream: string, options?: ReadStreamOptions) => AsyncIterable<StoredEvent>;
  readonly readAll: (options?: {
    readonly from?: Position | 'start' | 'end';
    readonly direction?: 'forwards' | 'backwards';
    readonly maxCount?: number;
  }) => AsyncIterable<StoredEvent>;
  readonly subscribeToAll: (options: SubscribeOptions) => AsyncIterable<SubscriptionItem>;
  readonly subscribeToStream: (
    stream: string,
    options: { readonly from: bigint | 'start'; readonly signal: AbortSignal },
  ) => AsyncIterable<SubscriptionItem>;
  readonly close: () => Promise<void>;
};

export class StoreRefusedError extends Error {
  override readonly name = 'StoreRefusedError';
}

export class StoreUnavailableError extends Error {
  override readonly name = 'StoreUnavailableError';
}
