import type { AppendWeather, ReadWeather, Weather } from './model-store.js';

/** Random numbers in [0, 1) that a seed repeats. */
export const seeded = (seed: number): (() => number) => {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
};

/**
 * Weather from a seed: `badness` (0 to 1) of the appends lose their acknowledgement, are lost, or land late, even after
 * they were sent again; as many reads are slow, old, or break off. Fair once `isOver`.
 */
export const stormy = (seed: number, badness: number, isOver: () => boolean): Weather => {
  const random = seeded(seed);
  const upTo = (ms: number) => Math.floor(random() * ms);

  const append = (): AppendWeather => {
    if (isOver() || random() >= badness) return { landsAfterMs: upTo(4), hears: 'truth' };
    const unknownAfterMs = upTo(60);
    switch (upTo(4)) {
      case 0:
        return { landsAfterMs: undefined, hears: { unknownAfterMs } };
      case 1:
        return { landsAfterMs: upTo(60), hears: { unknownAfterMs } };
      case 2:
        return { landsAfterMs: upTo(3000), hears: { unknownAfterMs } };
      default:
        return { landsAfterMs: upTo(300), hears: 'truth' };
    }
  };

  const read = (): ReadWeather => {
    const shows = random() < 0.5 ? 'start' : 'end';
    if (isOver() || random() >= badness) return { delayMs: upTo(4), shows, breaksAfter: undefined };
    return { delayMs: upTo(100), shows, breaksAfter: random() < 0.5 ? upTo(20) : undefined };
  };

  return { append, read };
};
