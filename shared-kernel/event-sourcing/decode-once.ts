import type { StoredEvent } from './event-store/port.js';

/**
 * A codec for several readers of the same stored events, as the consumers of one feed are: each event is parsed once, and all of them
 * are given the same object, which none of them may change.
 */
export const decodeOnce = <D, C extends { readonly decode: (stored: StoredEvent) => D }>(codec: C): C => {
  const decoded = new WeakMap<StoredEvent, D>();
  return {
    ...codec,
    decode: (stored: StoredEvent): D => {
      const known = decoded.get(stored);
      if (known !== undefined) return known;
      const fresh = codec.decode(stored);
      decoded.set(stored, fresh);
      return fresh;
    },
  };
};
