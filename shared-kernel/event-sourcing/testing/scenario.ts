import { expect } from '@jest/globals';
import { type Aggregate, type Decide, type DomainEvent, fold } from '../decider.js';

type Then<E, R> = {
  /** Exactly these events, in order. */
  accepts: (...events: E[]) => void;
  /** Done already: accepted, and nothing to append. */
  changesNothing: () => void;
  refuses: (refusal: R) => void;
};

/** Given this history, when this is decided, then these events (or this refusal). Asserts events, never state. */
export const given = <S, E extends DomainEvent>(aggregate: Aggregate<S, E>, ...history: readonly NoInfer<E>[]) => ({
  when: <R>(decide: Decide<S, E, R>): Then<E, R> => {
    const decision = decide(fold(aggregate, history));
    return {
      accepts: (...events) => expect(decision).toEqual({ accepted: events }),
      changesNothing: () => expect(decision).toEqual({ accepted: [] }),
      refuses: (refusal) => expect(decision).toEqual({ refused: refusal }),
    };
  },
});
