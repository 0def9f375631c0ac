/** What a catalog answer may lag behind its tables (ms). */
export const FRESH_MS = 250;

/** An answer still asked for at this age (ms) is made anew meanwhile: making one takes some milliseconds, or tens under load. */
export const RENEW_AFTER_MS = 190;

/** Shared caches may keep lists and details for a second: with `FRESH_MS` and the projection's lag still far below the 5 s allowed. */
export const SHORT = 'public, max-age=0, s-maxage=1, must-revalidate';

/** The seat map of a named version never changes. */
export const IMMUTABLE = 'public, max-age=31536000, immutable';
