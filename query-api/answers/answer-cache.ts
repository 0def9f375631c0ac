/** `at` is when its making began: what it shows is at most that old. */
export type Made<T> = { readonly value: T; readonly at: number };

export type AnswerCache<T> = {
  /** A value no older than `maxAgeMs`; however many ask, one at a time makes it. */
  readonly get: (key: string, make: () => Promise<T>) => Promise<Made<T>>;
  /** Made after the call, whatever is remembered; serves the next ones too. */
  readonly refresh: (key: string, make: () => Promise<T>) => Promise<Made<T>>;
  /** One newer than what was made at `at`: what is remembered or being made already, or else made now. */
  readonly renew: (key: string, make: () => Promise<T>, at: number) => Promise<Made<T>>;
};

export type CacheOptions = {
  readonly maxAgeMs: number;
  readonly maxEntries: number;
  readonly now?: () => number;
  readonly observe?: (result: 'hit' | 'miss') => void;
};

/** In-process, least recently used out first, single flight. A failed making is remembered by nobody. */
export const createAnswerCache = <T>(o: CacheOptions): AnswerCache<T> => {
  const { maxAgeMs, maxEntries, now = () => performance.now(), observe } = o;
  const made = new Map<string, Made<T>>();
  const making = new Map<string, Promise<Made<T>>>();

  const remember = (key: string, entry: Made<T>): void => {
    const known = made.get(key);
    if (known !== undefined && known.at > entry.at) return;
    made.delete(key);
    made.set(key, entry);
    const oldest = made.size > maxEntries ? made.keys().next().value : undefined;
    if (oldest !== undefined) made.delete(oldest);
  };

  const start = (key: string, make: () => Promise<T>): Promise<Made<T>> => {
    const at = now();
    const work = make().then(
      (value) => {
        const entry = { value, at };
        remember(key, entry);
        if (making.get(key) === work) making.delete(key);
        return entry;
      },
      (error: unknown) => {
        if (making.get(key) === work) making.delete(key);
        throw error;
      },
    );
    making.set(key, work);
    return work;
  };

  return {
    get: (key, make) => {
      const known = made.get(key);
      if (known !== undefined && now() - known.at <= maxAgeMs) {
        made.delete(key);
        made.set(key, known);
        observe?.('hit');
        return Promise.resolve(known);
      }
      const underway = making.get(key);
      observe?.(underway === undefined ? 'miss' : 'hit');
      return underway ?? start(key, make);
    },
    refresh: start,
    renew: (key, make, at) => {
      const known = made.get(key);
      if (known !== undefined && known.at > at) return Promise.resolve(known);
      const underway = making.get(key);
      if (underway === undefined) observe?.('miss');
      return underway ?? start(key, make);
    },
  };
};
