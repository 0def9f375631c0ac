/** How a stream stood when this process last wrote to it; others may have written since. */
export type Remembered<S> = {
  readonly state: S;
  /** -1 for a stream taken to be new. */
  readonly revision: bigint;
  /** Of every command whose events it holds. */
  readonly commandIds: readonly string[];
};

export type RememberedStreams<S> = {
  readonly recall: (stream: string) => Remembered<S> | undefined;
  readonly keep: (stream: string, remembered: Remembered<S>) => void;
  readonly forget: (stream: string) => void;
};

/** Keeps the `most` streams used last. Only ever a guess: what is decided on it counts once the store has taken it at that revision. */
export const createRememberedStreams = <S>(most: number): RememberedStreams<S> => {
  const kept = new Map<string, Remembered<S>>();
  return {
    recall: (stream) => kept.get(stream),
    keep: (stream, remembered) => {
      // a map keeps the order of insertion: the oldest is its first
      kept.delete(stream);
      kept.set(stream, remembered);
      if (kept.size <= most) return;
      const [oldest] = kept.keys();
      if (oldest !== undefined) kept.delete(oldest);
    },
    forget: (stream) => {
      kept.delete(stream);
    },
  };
};
