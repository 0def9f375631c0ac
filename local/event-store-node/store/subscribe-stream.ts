import { recordCreatedMs } from '../log/record.js';
import { type Delivery, deliver } from './deliver.js';
import type { EventSink } from './event-sink.js';
import type { Reader } from './reader.js';
import type { SubscriptionFrames } from './subscribe-all.js';
import { Wakeup } from './wakeup.js';

export interface StreamSubscription extends Delivery {
  readonly stream: string;
  /** Revisions after this one are sent: -1 for all of them. */
  readonly after: number;
}

/** As `subscribeToAll`, for one stream, which need not exist yet. Resolves to 'tombstoned' when the stream has ended for good. */
export const subscribeToStream = async (
  reader: Reader,
  subscription: StreamSubscription,
  sink: EventSink,
  frames: SubscriptionFrames,
): Promise<'closed' | 'tombstoned'> => {
  const entry = reader.index.entry(subscription.stream);
  const wakeup = new Wakeup();
  const stop = entry.onChange(wakeup.wake);
  sink.onClosed(wakeup.wake);
  let live = false;
  let next = subscription.after + 1;
  try {
    while (!sink.closed) {
      // What retention hides is skipped while catching up; live, every new event is passed on, as the server does.
      const oldest = live ? 0 : reader.oldest(entry);
      if (!live) next = Math.max(next, Math.min(reader.floor(entry), entry.visible));
      for (const end = entry.visible; next < end && !sink.closed; next += 1) {
        const found = reader.record(entry.position(next));
        if (found instanceof Promise) live = false;
        const record = found instanceof Promise ? await found : found;
        if (oldest > 0 && recordCreatedMs(record.buffer, record.at) < oldest) continue;
        const pause = deliver(reader, sink, record, subscription);
        if (pause !== undefined) await pause;
      }
      if (next < entry.visible) continue;
      if (reader.index.isTombstoned(subscription.stream, 'visible')) return 'tombstoned';
      if (!live) {
        live = true;
        sink.send(frames.caughtUp());
      }
      sink.flush();
      await wakeup.sleep();
    }
    return 'closed';
  } finally {
    stop();
    reader.index.release(entry);
  }
};
