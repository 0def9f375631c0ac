import type { Clock } from '../clock.js';
import type { Handled } from '../command-handler.js';
import type { Aggregate, Decide, DomainEvent } from '../decider.js';
import type { EventStore, Position } from '../event-store/port.js';
import type { CommandContext } from '../metadata.js';
import type { StreamCodec } from '../stream-reading.js';

export type Snapshot<S> = {
  readonly state: S;
  readonly revision: bigint;
  readonly position: Position;
  /** Of the event at that revision: a stream that has another there is not the one the snapshot was taken of. */
  readonly eventId: string;
  /** Of the fold that made it; another fold's snapshots are not used. */
  readonly foldVersion: number;
};

/** Disposable: a lost or old snapshot costs a longer replay and nothing else. */
export type SnapshotStore<S> = {
  readonly foldVersion: number;
  readonly load: (stream: string) => Promise<Snapshot<S> | undefined>;
  /** Never replaces a newer one. Takes its time: it must not hold up the process. */
  readonly save: (stream: string, snapshot: Snapshot<S>) => Promise<void>;
  /** The store has no such history (any more): without this a snapshot from before a restore would keep newer ones out. */
  readonly discard: (stream: string) => Promise<void>;
};

/** What a metrics hook is told. */
export type WriterObservation =
  | { readonly kind: 'loaded'; readonly events: number; readonly fromSnapshot: boolean; readonly milliseconds: number }
  | { readonly kind: 'appended'; readonly commands: number; readonly events: number; readonly milliseconds: number }
  | { readonly kind: 'conflict' }
  | { readonly kind: 'unknown'; readonly cause: string }
  | { readonly kind: 'storeRefused'; readonly commands: number; readonly cause: string }
  | { readonly kind: 'readFailed'; readonly cause: string }
  | { readonly kind: 'snapshotSaved'; readonly revision: bigint; readonly milliseconds: number }
  | { readonly kind: 'snapshotFailed'; readonly cause: string }
  /** Taken of a history the store does not have; everything is replayed. */
  | { readonly kind: 'snapshotDiscarded'; readonly revision: bigint }
  /** The store no longer has what it had acknowledged: everything is replayed. */
  | { readonly kind: 'storeWentBack'; readonly revision: bigint };

export type WriterDeps<S, E extends DomainEvent> = {
  readonly store: EventStore;
  readonly codec: StreamCodec<E>;
  readonly aggregate: Aggregate<S, E>;
  readonly stream: string;
  readonly snapshot?: SnapshotStore<S>;
  /** Events between two snapshots; default 1,000. */
  readonly snapshotEvery?: number;
  /** The least time between two snapshots of a stream in use; default 30 s. */
  readonly snapshotPauseMs?: number;
  /** Commands in one append. */
  readonly maxCommands?: number;
  /** Bytes in one append, estimated. */
  readonly maxBytes?: number;
  readonly giveUpAfterMs?: number;
  /** Before the first resend; doubles up to 1 s. */
  readonly resendDelayMs?: number;
  readonly clock?: Clock;
  readonly observe?: (observation: WriterObservation) => void;
};

/** A command between its arrival and its answer. */
export type Pending<S, E> = {
  readonly decide: Decide<S, E, unknown>;
  readonly context: CommandContext;
  /** When its caller is told that the outcome is unknown. */
  readonly deadline: number;
  /** The store refused a group it was in, so it is tried by itself. */
  alone: boolean;
  settled: boolean;
  readonly resolve: (handled: Handled<S, E, unknown>) => void;
  readonly reject: (error: unknown) => void;
};

/** The stream as folded so far; revision -1 is the empty stream. States are immutable values. */
export type Folded<S> = {
  readonly state: S;
  readonly revision: bigint;
  readonly position: Position | undefined;
  /** Of the event at that revision. */
  readonly eventId: string | undefined;
};
