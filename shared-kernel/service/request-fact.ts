import type { Request } from 'express';

/** Something found out about a request on its way to the handler, and kept with it. */
export type RequestFact<T> = {
  readonly set: (req: Request, value: T) => void;
  readonly of: (req: Request) => T | undefined;
};

/** A property under a symbol of its own: nobody else's, gone with the request, and cheaper to collect than an entry of a WeakMap. */
export const requestFact = <T>(name: string): RequestFact<T> => {
  const key = Symbol(name);
  // only this function knows the symbol, so nothing but a T is ever under it
  const slots = (req: Request) => req as unknown as Record<typeof key, T | undefined>;
  return {
    set: (req, value) => {
      slots(req)[key] = value;
    },
    of: (req) => slots(req)[key],
  };
};
