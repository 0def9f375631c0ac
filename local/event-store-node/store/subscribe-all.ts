import { AllCursor } from './all-cursor.js';
import { isHidden, type RecordFilter } from './all-filter.js';
import { type Delivery, deliver } from './deliver.js';
import type { EventSink } from './event-sink.js';
import type { Reader } from './reader.js';
import { Wakeup } from './wakeup.js';

export interface AllSubscription extends Delivery {
  /** Events after this position are sent. */
  readonly after: number;
  readonly filter: RecordFilter | undefined;
  /** With a filter: a checkpoint after so many considered events. */
  readonly checkpointEvery: number;
}

/** The messages of a subscription that are no events. */
export interface SubscriptionFrames {
  checkpoint(position: number): Buffer;
  caughtUp(): Buffer;
}

/**
 * Sends everything after a position, then goes on with what is appended, until the sink closes. It always reads from
 * the log and sends only as fast as the sink takes it, so a slow subscriber costs no memory: it only falls behind.
 */
export const subscribeToAll = async (
  reader: Reader,
  subscription: AllSubscription,
  sink: EventSink,
  frames: SubscriptionFrames,
): Promise<void> => {
  const { filter } = subscription;
  const cursor = new AllCursor(reader.log, subscription.after + 1);
  const wakeup = new Wakeup();
  const stop = reader.log.onGrowth(wakeup.wake);
  sink.onClosed(wakeup.wake);
  let live = false;
  let considered = 0;
  let sent = -1;
  try {
    while (!sink.closed) {
      if (cursor.advance()) {
        const { buffer, at, position } = cursor;
        if (!isHidden(buffer, at) && (filter === undefined || filter(buffer, at))) {
          const pause = deliver(reader, sink, { buffer, at, position }, subscription);
          if (pause !== undefined) await pause;
          sent = position;
        }
        if (filter === undefined) continue;
        considered += 1;
        if (considered % subscription.checkpointEvery !== 0) continue;
        sink.send(frames.checkpoint(position));
        sent = position;
        if (sink.full) await sink.drained();
        continue;
      }
      if (cursor.behindMemory) live = false;
      if (await cursor.load()) continue;
      if (!live) {
        live = true;
        if (filter !== undefined && sent >= 0) sink.send(frames.checkpoint(sent));
        sink.send(frames.caughtUp());
      }
      sink.flush();
      await wakeup.sleep();
    }
  } finally {
    stop();
  }
};
