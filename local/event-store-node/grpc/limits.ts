/** The cumulative size an append may have; the server's default. */
export const MAX_APPEND_SIZE = 1024 * 1024;

/** How long an append waits for its sync before the caller is told it timed out. */
export const WRITE_TIMEOUT_MS = 2000;

/** The largest message taken from a client; the server's own figure. */
export const MAX_RECEIVE = 16 * 1024 * 1024 - 10_000;
