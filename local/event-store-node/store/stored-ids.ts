import type { StreamEntry } from '../index/stream-entry.js';
import type { EventLog } from '../log/event-log.js';
import { recordId } from '../log/record.js';

/** Finds the ids of events by where they are stored, those not yet synced included. */
export class StoredIds {
  constructor(private readonly log: EventLog) {}

  /** The id at a position, or undefined when it must be read from the disk. */
  inMemory(position: number): string | undefined {
    const group = this.log.pendingGroup(position);
    if (group !== undefined) return recordId(group.bytes, position - group.position);
    const chunk = this.log.chunk(this.log.chunkIndexOf(position));
    if (!(chunk instanceof Promise)) return recordId(chunk.buffer, position - chunk.base);
    // The read has begun and will be shared; whoever awaits it is told of its failure.
    chunk.catch(() => undefined);
    return undefined;
  }

  /** The ids of a stream's revisions, both ends included. */
  async read(entry: StreamEntry, from: number, to: number): Promise<Map<number, string>> {
    const found = new Map<number, string>();
    for (let revision = from; revision <= to; revision += 1) {
      const position = entry.position(revision);
      found.set(revision, this.inMemory(position) ?? (await this.onDisk(position)));
    }
    return found;
  }

  private async onDisk(position: number): Promise<string> {
    const chunk = await this.log.chunk(this.log.chunkIndexOf(position));
    return recordId(chunk.buffer, position - chunk.base);
  }
}
