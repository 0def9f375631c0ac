const MINUTE_MS = 60_000;

export type RateLimit = { allows(apiKey: string, perMinute: number | null): boolean };

/** Counts requests by API key in windows of a minute, each beginning with the first request after the last window. */
export function createRateLimit(now: () => number): RateLimit {
  const windows = new Map<string, { since: number; count: number }>();
  return {
    allows(apiKey, perMinute) {
      if (perMinute === null) return true;
      const running = windows.get(apiKey);
      const window = running !== undefined && now() - running.since < MINUTE_MS ? running : { since: now(), count: 0 };
      window.count += 1;
      windows.set(apiKey, window);
      return window.count <= perMinute;
    },
  };
}
