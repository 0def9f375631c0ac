import { OutcomeUnknownError } from '@tiketi/shared-kernel/event-sourcing/command-handler.js';
import type { EventStore } from '@tiketi/shared-kernel/event-sourcing/event-store/port.js';
import type { Around } from './seams.js';

/**
 * A process's own way to the store: each append is an effect, and the answer to one may be lost. A `patient` caller then sends it again
 * (the serial writer, on the world's clock); of the others it is taken that they have given up (the command handler, on the system's).
 */
export const seamedStore = (store: EventStore, around: Around, patient: boolean): EventStore => ({
  ...store,
  append: (attempt) =>
    around(
      'append',
      () => store.append(attempt),
      () => {
        if (!patient) throw new OutcomeUnknownError('the answer was lost');
        return { kind: 'unknown', cause: 'the answer was lost' };
      },
    ),
});
