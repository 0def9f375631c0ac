import { type AllStreamSubscription, type Position, START, streamNameFilter } from '@eventstore/db-client';
import type { RunningNode } from './running-node.js';

/**
 * Follows the streams of one prefix through `$all`, slowly, and resumes behind its last event or checkpoint whenever the
 * node has been restarted or it has been interrupted.
 */
export class Follower {
  readonly seen: [id: string, stream: string, revision: number][] = [];
  private position: Position | undefined;
  private subscription: AllStreamSubscription | undefined;
  private stopped = false;
  private readonly running: Promise<void>;

  constructor(
    private readonly node: RunningNode,
    private readonly prefix: string,
  ) {
    this.running = this.run();
  }

  /** Resolves when so many events have come; rejects after ten seconds. */
  async until(count: number): Promise<void> {
    const deadline = Date.now() + 10_000;
    while (this.seen.length < count) {
      if (Date.now() > deadline) throw new Error(`only ${this.seen.length} of ${count} events came`);
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
  }

  /** Leaves wherever it is, and comes back. */
  async interrupt(): Promise<void> {
    const { subscription } = this;
    await subscription?.unsubscribe();
    subscription?.destroy();
  }

  async stop(): Promise<void> {
    this.stopped = true;
    await this.interrupt();
    await this.running;
  }

  private async run(): Promise<void> {
    while (!this.stopped) {
      // a checkpoint counts once what was sent before it has been read, so it takes its place among the events
      const checkpoints = new WeakMap<object, Position>();
      const checkpointReached = (subscription: AllStreamSubscription, position: Position): void => {
        const mark = {};
        checkpoints.set(mark, position);
        subscription.push(mark);
      };
      const filter = streamNameFilter({ prefixes: [this.prefix], maxSearchWindow: 3, checkpointInterval: 1, checkpointReached });
      this.subscription = this.node.client.subscribeToAll({ fromPosition: this.position ?? START, filter });
      try {
        for await (const item of this.subscription) {
          this.position = checkpoints.get(item) ?? item.event?.position ?? this.position;
          if (item.event?.type === 'Noted') this.seen.push([item.event.id, item.event.streamId, Number(item.event.revision)]);
          await new Promise((resolve) => setImmediate(resolve));
        }
      } catch {
        // the node was restarted, or we left: the loop decides which
        await new Promise((resolve) => setImmediate(resolve));
      }
    }
  }
}
