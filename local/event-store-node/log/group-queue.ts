import { Group } from './group.js';
import { SEGMENT_HEADER } from './segment.js';

const GROUP_LIMIT = 1024 * 1024;

/**
 * The groups on their way to the disk, in the order they will be written: one in flight, those that are full, and the
 * one that is gathering. A group's place in the log is settled when it begins to gather, so records know their positions.
 */
export class GroupQueue {
  private readonly sealed: Group[] = [];
  private gathering: Group | undefined;
  private inFlight: Group | undefined;
  private spare: Buffer | undefined;

  /** `end` is where the next group goes, `base` where the segment it goes to begins. */
  constructor(
    private end: number,
    private base: number,
    private readonly segmentSize: number,
  ) {}

  /** The group that is gathering, with room for `bytes` more. */
  group(bytes: number): Group {
    const current = this.gathering;
    if (current !== undefined && (current.empty || current.length + bytes <= GROUP_LIMIT)) return current;
    if (current !== undefined) this.seal(current);
    if (this.end - this.base >= this.segmentSize) {
      this.base = this.end;
      this.end += SEGMENT_HEADER;
    }
    this.gathering = new Group(this.end, this.spare);
    this.spare = undefined;
    return this.gathering;
  }

  /** Takes out the group to write next; it counts as in flight until `written`. */
  next(): Group | undefined {
    if (this.sealed.length === 0 && this.gathering !== undefined && !this.gathering.empty) this.seal(this.gathering);
    this.inFlight = this.sealed.shift();
    return this.inFlight;
  }

  written(): void {
    this.inFlight = undefined;
  }

  /** Takes back the buffer of a written group that nothing reads any more. */
  reuse(group: Group): void {
    this.spare ??= group.release();
  }

  /** Gives up all groups not yet written. */
  abandon(): Group[] {
    const all = [this.inFlight, ...this.sealed.splice(0), this.gathering].filter((group) => group !== undefined);
    this.inFlight = undefined;
    this.gathering = undefined;
    return all;
  }

  get writing(): boolean {
    return this.inFlight !== undefined;
  }

  /** The group that will be synced last of those not yet synced. */
  last(): Group | undefined {
    if (this.gathering !== undefined && !this.gathering.empty) return this.gathering;
    return this.sealed.at(-1) ?? this.inFlight;
  }

  /** The group in whose bytes the position lies. */
  holding(position: number): Group | undefined {
    if (this.gathering?.holds(position)) return this.gathering;
    if (this.inFlight?.holds(position)) return this.inFlight;
    return this.sealed.find((group) => group.holds(position));
  }

  /** Where the log will end when all groups are written. */
  get gatheredEnd(): number {
    return this.gathering?.end ?? this.end;
  }

  private seal(group: Group): void {
    this.end = group.end;
    this.gathering = undefined;
    this.sealed.push(group);
  }
}
