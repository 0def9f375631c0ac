import type { Handled } from '../command-handler.js';
import type { Pending } from './types.js';

export const answer = <S, E>(command: Pending<S, E>, handled: Handled<S, E, unknown>): void => {
  if (command.settled) return;
  command.settled = true;
  command.resolve(handled);
};

export const fail = <S, E>(command: Pending<S, E>, error: unknown): void => {
  if (command.settled) return;
  command.settled = true;
  command.reject(error);
};
