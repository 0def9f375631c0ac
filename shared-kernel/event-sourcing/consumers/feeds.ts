import type { Position } from '../event-store/port.js';
import { type Feed, type FeedOptions, startFeed } from './feed.js';
import { comparePositions, isAfter } from './position.js';
import type { Run } from './run.js';

/** The process's one subscription, and beside it one for each run that has yet to draw level. */
export type Feeds = {
  /** Runs given together begin together, at the furthest behind of them. */
  readonly join: (runs: readonly Run[]) => void;
  readonly leave: (run: Run) => void;
  readonly isEmpty: () => boolean;
  readonly position: () => Position;
  readonly lastItemAt: () => number;
  readonly stop: () => Promise<void>;
};

export const startFeeds = (options: FeedOptions): Feeds => {
  const main = startFeed(options);
  const catchUps = new Map<Run, Feed>();

  const endCatchUp = (run: Run) => {
    const feed = catchUps.get(run);
    catchUps.delete(run);
    void feed?.stop();
  };

  const catchUp = (run: Run) => {
    const feed = startFeed({
      ...options,
      onItem: () => {
        if (catchUps.get(run) !== feed || isAfter(main.position(), run.received())) return;
        endCatchUp(run);
        main.join(run);
      },
    });
    catchUps.set(run, feed);
    feed.join(run);
  };

  return {
    join: (runs) => {
      const level = runs.filter((run) => main.isEmpty() || comparePositions(run.received(), main.position()) >= 0);
      main.join(...level);
      for (const run of runs) if (!level.includes(run)) catchUp(run);
    },
    leave: (run) => {
      endCatchUp(run);
      main.leave(run);
    },
    isEmpty: () => main.isEmpty() && catchUps.size === 0,
    position: main.position,
    lastItemAt: main.lastItemAt,
    stop: async () => {
      await Promise.all([main, ...catchUps.values()].map((feed) => feed.stop()));
    },
  };
};
