/** What one append, delete or read should come to, by the written rules, in the plainest form that states them. */
export type Expected = 'any' | 'no_stream' | 'stream_exists' | bigint;

export interface ModelEvent {
  readonly id: string;
  readonly stream: string;
  readonly revision: number;
}

interface ModelStream {
  readonly events: ModelEvent[];
  metadata: { maxCount?: number; truncateBefore?: number | 'deleted' } | undefined;
  tombstoned: boolean;
}

export type ModelAnswer = { ok: number } | 'wrong-expected-version' | 'stream-deleted';

/** The whole store as lists in memory. It knows nothing of how the node works. */
export class StoreModel {
  readonly log: ModelEvent[] = [];
  private readonly streams = new Map<string, ModelStream>();
  /** Ids written since the last restart: what `any` can recognise. */
  private recent = new Map<string, ModelEvent>();

  private stream(name: string): ModelStream {
    const found = this.streams.get(name) ?? { events: [], metadata: undefined, tombstoned: false };
    this.streams.set(name, found);
    return found;
  }

  restart(): void {
    this.recent = new Map();
  }

  append(name: string, expected: Expected, ids: readonly string[]): ModelAnswer {
    const stream = this.stream(name);
    const checked = this.check(name, expected, ids);
    if (checked !== 'write') return checked;
    if (ids.length === 0) return { ok: stream.events.length - 1 };
    if (stream.metadata?.truncateBefore === 'deleted')
      stream.metadata = { ...stream.metadata, truncateBefore: stream.events.length };
    for (const id of ids) {
      const event = { id, stream: name, revision: stream.events.length };
      stream.events.push(event);
      this.log.push(event);
      this.recent.set(id, event);
    }
    return { ok: stream.events.length - 1 };
  }

  softDelete(name: string, expected: Expected): ModelAnswer {
    const stream = this.stream(name);
    const checked = this.check(name, expected, ['an id never used']);
    if (checked !== 'write') return checked;
    if (stream.events.length === 0 && stream.metadata === undefined) return 'wrong-expected-version';
    stream.metadata = { truncateBefore: 'deleted' };
    return { ok: -1 };
  }

  tombstone(name: string, expected: Expected): ModelAnswer {
    const checked = this.check(name, expected, ['an id never used']);
    if (checked !== 'write') return checked;
    this.stream(name).tombstoned = true;
    return { ok: -1 };
  }

  setMetadata(name: string, metadata: { maxCount?: number; truncateBefore?: number }): ModelAnswer {
    const stream = this.stream(name);
    if (stream.tombstoned) return 'stream-deleted';
    const deleted = stream.metadata?.truncateBefore === 'deleted';
    stream.metadata = deleted ? { ...metadata, truncateBefore: stream.events.length } : metadata;
    return { ok: -1 };
  }

  /** The ids a reader sees, oldest first. */
  read(name: string): string[] | 'stream-not-found' | 'stream-deleted' {
    const stream = this.stream(name);
    if (stream.tombstoned) return 'stream-deleted';
    const { maxCount, truncateBefore } = stream.metadata ?? {};
    if (stream.events.length === 0 || truncateBefore === 'deleted') return 'stream-not-found';
    const kept = stream.events.slice(maxCount === undefined ? 0 : -maxCount);
    return kept.filter((event) => event.revision >= (truncateBefore ?? 0)).map((event) => event.id);
  }

  /** The ids a new subscription brings before it has caught up, behind a revision (-1 for all). */
  follow(name: string, after: number): string[] | 'stream-deleted' {
    const visible = this.read(name);
    if (visible === 'stream-deleted') return visible;
    if (visible === 'stream-not-found') return [];
    const first = this.last(name) + 1 - visible.length;
    return visible.filter((_, index) => first + index > after);
  }

  /** Another that goes its own way from here. */
  copy(): StoreModel {
    const other = new StoreModel();
    other.log.push(...this.log);
    other.recent = new Map(this.recent);
    for (const [name, { events, ...rest }] of this.streams) other.streams.set(name, { ...rest, events: [...events] });
    return other;
  }

  /** Equal for two that will answer everything alike. */
  key(): string {
    const streams = [...this.streams].filter(
      ([, { events, metadata, tombstoned }]) => events.length > 0 || metadata || tombstoned,
    );
    const told = streams.map(([name, { metadata, tombstoned }]) => JSON.stringify([name, metadata, tombstoned])).sort();
    return JSON.stringify([this.log, told, [...this.recent].map((each) => JSON.stringify(each)).sort()]);
  }

  last(name: string): number {
    return this.stream(name).events.length - 1;
  }

  private check(name: string, expected: Expected, ids: readonly string[]): ModelAnswer | 'write' {
    const { events, metadata, tombstoned } = this.stream(name);
    const deleted = metadata?.truncateBefore === 'deleted';
    if (tombstoned) return 'stream-deleted';
    if (expected === 'stream_exists' && deleted) return 'stream-deleted';
    if (expected === 'stream_exists' && events.length === 0 && metadata === undefined) return 'wrong-expected-version';
    if (expected === 'any' || expected === 'stream_exists') {
      const known = ids.map((id) => this.recent.get(id)).map((event) => (event?.stream === name ? event : undefined));
      if (known[0] === undefined) return 'write';
      return known.includes(undefined) ? 'wrong-expected-version' : { ok: known.at(-1)?.revision ?? -1 };
    }
    const at = expected === 'no_stream' ? -1 : Number(expected);
    if (at === events.length - 1) return 'write';
    if (at >= events.length || ids.length === 0) return 'wrong-expected-version';
    const there = events.slice(at + 1, at + 1 + ids.length).map((event) => event.id);
    if (there.length === ids.length && there.every((id, index) => id === ids[index])) return { ok: at + ids.length };
    return expected === 'no_stream' && deleted && there[0] !== ids[0] ? 'write' : 'wrong-expected-version';
  }
}
