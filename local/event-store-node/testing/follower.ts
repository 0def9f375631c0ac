import { type AllStreamSubscription, type Position, START, streamNameFilter } from '@eventstore/db-client';
import type { RunningNode } from './running-node.js';

/** Follows the streams of one prefix through `$all`, resuming after its last event whenever the node has been restarted. */
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

  async stop(): Promise<void> {
    this.stopped = true;
    await this.subscription?.unsubscribe();
    this.subscription?.destroy();
    await this.running;
  }

  private async run(): Promise<void> {
    while (!this.stopped) {
      const filter = streamNameFilter({ prefixes: [this.prefix] });
      this.subscription = this.node.client.subscribeToAll({ fromPosition: this.position ?? START, filter });
      try {
        for await (const { event } of this.subscription) {
          if (event === undefined) continue;
          this.position = event.position;
          if (event.type === 'Noted') this.seen.push([event.id, event.streamId, Number(event.revision)]);
        }
      } catch {
        // the node was restarted, or we were told to stop: the loop decides which
        await new Promise((resolve) => setImmediate(resolve));
      }
    }
  }
}
