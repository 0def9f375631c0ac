import type { z } from 'zod';

/**
 * What the store may hold under one type string: the schema of the newest version and how each older
 * version becomes the next. The type string is a storage contract: never edited, never reused.
 */
export type EventDefinition<S extends z.ZodType = z.ZodType> = {
  readonly version: number;
  readonly data: S;
  /** `upcasts[1]` turns version 1 into version 2, and so on. */
  readonly upcasts: Readonly<Record<number, (old: unknown) => unknown>>;
};

export const defineEvent = <S extends z.ZodType>(
  version: number,
  data: S,
  upcasts: EventDefinition['upcasts'] = {},
): EventDefinition<S> => ({ version, data, upcasts });

/** The union of events a table of definitions describes. */
export type EventOf<D extends Readonly<Record<string, EventDefinition>>> = {
  [T in keyof D & string]: { readonly type: T; readonly data: Readonly<z.infer<D[T]['data']>> };
}[keyof D & string];
