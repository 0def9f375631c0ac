import type { TiketiEvent } from '../../contracts/events/catalog-of-events.js';
import type { Recorded } from '../codec.js';
import type { StoredEvent } from '../event-store/port.js';
import type { Consumer } from './consumer.js';
import { streamKey } from './parked.js';
import { errorText } from './signal.js';

/** An event on its way into a consumer: readable, or with the reason why not. */
export type Entry = { readonly stored: StoredEvent; readonly key: string } & (
  | { readonly event: Recorded<TiketiEvent> }
  | { readonly unreadable: string }
);

/** Even an unreadable event mostly names its key; only where it does not, its whole stream waits behind it. */
const keyOfUnreadable = (consumer: Consumer, stored: StoredEvent): string => {
  try {
    // not an event by its schema, which is why the answer is checked and a throw is expected
    const key: unknown = consumer.keyOf(stored as unknown as Recorded<TiketiEvent>);
    return typeof key === 'string' && key !== '' ? key : streamKey(stored.stream);
  } catch {
    return streamKey(stored.stream);
  }
};

/** Reads one stored event as its consumer sees it. */
export const toEntry = (consumer: Consumer, stored: StoredEvent): Entry => {
  const decoded = consumer.codec.decode(stored);
  if (decoded.kind !== 'event') {
    const unreadable = decoded.kind === 'invalid' ? decoded.reason : 'the codec does not know this type';
    return { stored, key: keyOfUnreadable(consumer, stored), unreadable };
  }
  // a consumer is built over a codec of Tiketi's own events; the decoder's type has forgotten which
  const event = decoded.event as unknown as Recorded<TiketiEvent>;
  try {
    return { stored, key: consumer.keyOf(event), event };
  } catch (error) {
    return { stored, key: streamKey(stored.stream), unreadable: `no key: ${errorText(error)}` };
  }
};

export type Division = {
  readonly apply: readonly Recorded<TiketiEvent>[];
  readonly park: readonly { readonly stored: StoredEvent; readonly key: string; readonly reason: string }[];
};

/** What of a batch goes ahead and what is set aside: the unreadable, and all behind a key already set aside. */
export const divide = (entries: readonly Entry[], parked: ReadonlySet<string>): Division => {
  const blocked = new Set(parked);
  const apply: Recorded<TiketiEvent>[] = [];
  const park: Division['park'][number][] = [];
  for (const entry of entries) {
    const { stored, key } = entry;
    const blocker = [key, streamKey(stored.stream)].find((candidate) => blocked.has(candidate));
    if (blocker === undefined && 'event' in entry) {
      apply.push(entry.event);
      continue;
    }
    const reason = 'unreadable' in entry ? entry.unreadable : `behind parked ${blocker}`;
    park.push({ stored, key, reason });
    blocked.add(key);
  }
  return { apply, park };
};
