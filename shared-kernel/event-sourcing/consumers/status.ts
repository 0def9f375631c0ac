import type { Position } from '../event-store/port.js';

/**
 * `standby`: another process holds the lease. `catchingUp`: events known to be in the log are not applied yet.
 * `retrying`: the database or the deployment fails. `stopped`: a fact could not be applied, or the version differs.
 */
export type ConsumerState = 'standby' | 'catchingUp' | 'live' | 'retrying' | 'stopped';

export type ConsumerStatus = {
  readonly name: string;
  readonly version: number;
  readonly state: ConsumerState;
  readonly epoch: bigint | undefined;
  /** Durable; undefined while standing by or before the first event. */
  readonly position: Position | undefined;
  /** The furthest position this process has seen in the log. */
  readonly head: Position | undefined;
  /** Age of the oldest event received and not applied; 0 when there is none. */
  readonly lagMs: number;
  readonly queued: number;
  /** Handled events applied or parked since this process started. */
  readonly processed: number;
  readonly parkedKeys: number;
  readonly lastError: string | undefined;
};

/** For metrics; must not throw. */
export type Observation =
  | { readonly kind: 'batch'; readonly consumer: string; readonly events: number; readonly milliseconds: number }
  /** A transaction with rows or effects committed: the moment to wake an effect worker. */
  | { readonly kind: 'applied'; readonly consumer: string; readonly events: number }
  | { readonly kind: 'parked'; readonly consumer: string; readonly events: number; readonly reason: string }
  | { readonly kind: 'retry'; readonly consumer: string; readonly reason: string }
  | { readonly kind: 'stopped'; readonly consumer: string; readonly reason: string }
  | { readonly kind: 'lease'; readonly consumer: string; readonly held: boolean }
  | { readonly kind: 'resubscribed'; readonly reason: string };
export type Observe = (observation: Observation) => void;
