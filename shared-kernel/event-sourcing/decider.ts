/** A fact as the domain sees it. */
export type DomainEvent = { readonly type: string; readonly data: unknown };

/** A total table: one key per event type. It never validates and never throws. */
export type Evolve<S, E extends DomainEvent> = {
  readonly [T in E['type']]: (state: S, event: Extract<E, { type: T }>) => S;
};

/** Expected refusals are values; a throw is a bug or an outage. `accepted: []` means it was done already. */
export type Decision<E, R> = { readonly accepted: readonly E[] } | { readonly refused: R };

/** What folds a stream: its state before the first event and its table. */
export type Aggregate<S, E extends DomainEvent> = { readonly initial: S; readonly evolve: Evolve<S, E> };

/** A command made ready to decide: arguments already bound, state to come. */
export type Decide<S, E, R> = (state: S) => Decision<E, R>;

export const evolveOne = <S, E extends DomainEvent>(aggregate: Aggregate<S, E>, state: S, event: E): S => {
  // the table is keyed by the event's own type, which TypeScript cannot follow through the index
  const step = aggregate.evolve[event.type as E['type']] as (state: S, event: E) => S;
  return step(state, event);
};

export const fold = <S, E extends DomainEvent>(
  aggregate: Aggregate<S, E>,
  events: Iterable<E>,
  from: S = aggregate.initial,
): S => {
  let state = from;
  for (const event of events) state = evolveOne(aggregate, state, event);
  return state;
};
