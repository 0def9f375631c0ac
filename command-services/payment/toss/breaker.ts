export type Breaker = {
  /** Whether a call would be let through now. */
  available(): boolean;
  /** Takes leave to call; undefined while open. The outcome must be reported exactly once. */
  enter(): ((outcome: 'ok' | 'failed') => void) | undefined;
};

export type BreakerOptions = {
  /** Share of failed calls that opens it, once `minimumCalls` ended within `windowMs`. Defaults: half, 5, 60 s. */
  threshold?: number;
  minimumCalls?: number;
  windowMs?: number;
  /** How long it stays open before a single trial; default 30 s. */
  openMs?: number;
  /** Milliseconds of a clock that never goes back. */
  now?: () => number;
};

type State =
  | { name: 'closed'; slices: { until: number; ok: number; failed: number }[] }
  | { name: 'open'; until: number }
  | { name: 'trial' };

const SLICES = 6;

/** Opens when half of at least five calls failed; after 30 s one trial decides whether it closes or opens again. */
export function createBreaker(options: BreakerOptions = {}): Breaker {
  const { threshold = 0.5, minimumCalls = 5, windowMs = 60_000, openMs = 30_000, now = () => performance.now() } = options;
  let state: State = { name: 'closed', slices: [] };

  const count = (closed: Extract<State, { name: 'closed' }>, outcome: 'ok' | 'failed') => {
    const at = now();
    closed.slices = closed.slices.filter(({ until }) => until + windowMs > at);
    let slice = closed.slices.at(-1);
    if (slice === undefined || slice.until <= at) {
      slice = { until: at + windowMs / SLICES, ok: 0, failed: 0 };
      closed.slices.push(slice);
    }
    slice[outcome] += 1;
    const failed = closed.slices.reduce((sum, { failed }) => sum + failed, 0);
    const all = closed.slices.reduce((sum, { ok }) => sum + ok, failed);
    if (all >= minimumCalls && failed >= all * threshold) state = { name: 'open', until: at + openMs };
  };

  return {
    available: () => state.name === 'closed' || (state.name === 'open' && now() >= state.until),
    enter() {
      if (state.name === 'trial' || (state.name === 'open' && now() < state.until)) return undefined;
      if (state.name === 'open') state = { name: 'trial' };
      const entered = state;
      return (outcome) => {
        // a call begun before the breaker changed says nothing about the provider now
        if (state !== entered) return;
        if (state.name === 'closed') count(state, outcome);
        else state = outcome === 'ok' ? { name: 'closed', slices: [] } : { name: 'open', until: now() + openMs };
      };
    },
  };
}
