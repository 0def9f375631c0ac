/** Where an event with a known id was written. */
export interface KnownEvent {
  readonly stream: string;
  readonly revision: number;
  readonly position: number;
}

const KEPT = 65_536;

/** The ids written lately, for `any` and `stream_exists`: filled by writes only, bounded, and empty after a restart. */
export class RecentIds {
  private readonly events = new Map<string, KnownEvent>();

  add(id: string, event: KnownEvent): void {
    this.events.delete(id);
    this.events.set(id, event);
    if (this.events.size <= KEPT) return;
    const [oldest] = this.events.keys();
    if (oldest !== undefined) this.events.delete(oldest);
  }

  /** Takes back an id whose event was never stored. */
  forget(id: string): void {
    this.events.delete(id);
  }

  find(id: string): KnownEvent | undefined {
    return this.events.get(id);
  }
}
