import { OutcomeUnknownError } from '@tiketi/shared-kernel/event-sourcing/command-handler.js';
import { StoreRefusedError, StoreUnavailableError } from '@tiketi/shared-kernel/event-sourcing/event-store/port.js';
import type { Failure } from './wire.js';

const errors: { readonly [F in Exclude<Failure, 'Fault'>]: new (message: string) => Error } = {
  OutcomeUnknown: OutcomeUnknownError,
  StoreUnavailable: StoreUnavailableError,
  StoreRefused: StoreRefusedError,
};

/** What an error is called on its way between replicas. */
export const failureOf = (error: unknown): Failure => {
  if (error instanceof OutcomeUnknownError) return 'OutcomeUnknown';
  if (error instanceof StoreUnavailableError) return 'StoreUnavailable';
  return error instanceof StoreRefusedError ? 'StoreRefused' : 'Fault';
};

/** The error itself again; undefined for a fault, which says nothing to anybody but its own log. */
export const errorOf = (failure: Failure, message: string): Error | undefined =>
  failure === 'Fault' ? undefined : new errors[failure](message);
