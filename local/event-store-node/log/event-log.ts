import type { Disk } from '../disk/disk.js';
import { type Chunk, ChunkMap, Tail } from './chunks.js';
import type { Group } from './group.js';
import { GroupQueue } from './group-queue.js';
import { type RecordVisitor, recoverLog } from './recover.js';
import { SEGMENT_HEADER, type Segment, segmentHeader, segmentName } from './segment.js';
import { SegmentReader } from './segment-reader.js';

export interface EventLogOptions {
  /** A segment is closed once it has grown to this size. */
  readonly segmentSize?: number;
  /** Bytes kept in memory behind the head. */
  readonly tailBytes?: number;
  /** Told once, when a write has failed and the log takes no more. */
  readonly onFailure?: (failure: ReadOnlyLogError) => void;
}

const SEGMENT_SIZE = 32 * 1024 * 1024;
const TAIL_BYTES = 16 * 1024 * 1024;
const CLOSE_GRACE_MS = 2000;
const CONGESTED = 32 * 1024 * 1024;

/** The log accepts no more appends: an earlier write or sync failed, and what it left on the disk is not known. */
export class ReadOnlyLogError extends Error {
  constructor(cause: Error) {
    super(`The event log is read-only since a write failed: ${cause.message}`, { cause });
    this.name = 'ReadOnlyLogError';
  }
}

/**
 * The append-only log. Groups are written and synced one after another; while one is in flight the next gathers.
 * Only synced bytes are ever visible to readers.
 */
export class EventLog {
  private readonly segmentSize: number;
  private readonly tail: Tail;
  private readonly reader: SegmentReader;
  private readonly wakes = new Set<() => void>();
  private queue: GroupQueue;
  private scheduled = false;
  private writing: Promise<void> = Promise.resolve();
  /** Why the log is read-only, once it is. */
  failure: ReadOnlyLogError | undefined;
  groupsWritten = 0;

  private constructor(
    private readonly disk: Disk,
    private readonly segments: Segment[],
    private readonly chunks: ChunkMap,
    /** Where the synced log ends. */
    public end: number,
    /** Bytes of an unfinished write that were cut off when the log was opened. */
    readonly dropped: number,
    private readonly options: EventLogOptions,
  ) {
    this.segmentSize = options.segmentSize ?? SEGMENT_SIZE;
    this.tail = new Tail(options.tailBytes ?? TAIL_BYTES);
    this.reader = new SegmentReader(segments, chunks);
    this.queue = new GroupQueue(end, segments.at(-1)?.base ?? 0, this.segmentSize);
  }

  /** Opens the log of a disk, making its first segment where there is none, and visits every record. Throws DamagedLogError. */
  static async open(disk: Disk, visit: RecordVisitor, options: EventLogOptions = {}): Promise<EventLog> {
    const chunks = new ChunkMap();
    const found = await recoverLog(disk, chunks, visit);
    const log = new EventLog(disk, found.segments, chunks, found.end, found.dropped, options);
    if (found.segments.length === 0) {
      await log.addSegment(0);
      log.end = SEGMENT_HEADER;
      log.queue = new GroupQueue(SEGMENT_HEADER, 0, log.segmentSize);
    }
    return log;
  }

  /** The group that appends of this moment join, with room for `bytes` more. */
  group(bytes: number): Group {
    if (this.failure !== undefined) throw this.failure;
    return this.queue.group(bytes);
  }

  /** Lets the gathered group be written after everything else that arrived in this turn of the event loop has joined it. */
  schedule(): void {
    if (this.scheduled || this.queue.writing) return;
    this.scheduled = true;
    setImmediate(() => {
      this.scheduled = false;
      this.writing = this.drain();
    });
  }

  /** The group, not yet synced, in whose bytes the position lies. */
  pendingGroup(position: number): Group | undefined {
    return this.queue.holding(position);
  }

  /** True when so much waits to be written that callers should stop taking in more. */
  get congested(): boolean {
    return this.queue.gatheredEnd - this.end > CONGESTED;
  }

  /** The group that will be synced last of those not yet synced. */
  lastUnsynced(): Group | undefined {
    return this.queue.last();
  }

  get chunkCount(): number {
    return this.chunks.count;
  }

  get segmentCount(): number {
    return this.segments.length;
  }

  chunkIndexOf(position: number): number {
    return this.chunks.indexOf(position);
  }

  /** A chunk of synced blocks: at once when it is in memory, else read from the disk and verified. */
  chunk(index: number): Chunk | Promise<Chunk> {
    return this.tail.get(index) ?? this.reader.chunk(index);
  }

  /** True when the chunk is among the newest ones, which are always in memory. */
  inTail(index: number): boolean {
    return this.tail.get(index) !== undefined;
  }

  /** Calls `wake` each time the log has grown; returns the way to stop it. */
  onGrowth(wake: () => void): () => void {
    this.wakes.add(wake);
    return () => this.wakes.delete(wake);
  }

  /** Resolves when everything gathered so far is written, the log has failed, or the disk has not answered for `graceMs`. */
  async idle(graceMs: number): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    let late = false;
    const grace = new Promise<void>((resolve) => {
      timer = setTimeout(() => {
        late = true;
        resolve();
      }, graceMs);
    });
    while (!late && this.failure === undefined && this.lastUnsynced() !== undefined) {
      await new Promise<void>((resolve) => setImmediate(resolve));
      await Promise.race([this.writing, grace]);
    }
    clearTimeout(timer);
  }

  /** Writes what is gathered, then closes the files. */
  async close(): Promise<void> {
    await this.idle(CLOSE_GRACE_MS);
    this.failure ??= new ReadOnlyLogError(new Error('the store is closed'));
    await Promise.all(this.segments.map((segment) => segment.file.close()));
  }

  private async drain(): Promise<void> {
    if (this.queue.writing) return;
    for (let group = this.queue.next(); group !== undefined; group = this.queue.next()) {
      try {
        await this.write(group);
      } catch (error) {
        this.fail(error instanceof Error ? error : new Error(String(error)));
        return;
      }
      this.queue.written();
      for (const commit of group.commits) commit.synced();
      for (const wake of this.wakes) wake();
      this.queue.reuse(group);
    }
  }

  private async write(group: Group): Promise<void> {
    const segment = group.position === this.end ? this.segments.at(-1) : await this.addSegment(this.end);
    if (segment === undefined) throw new Error('the log has no segment');
    const block = group.seal();
    await segment.file.writeDurably(block, group.position - segment.base);
    const begins = this.chunks.add(group.position, block.length);
    this.tail.add(this.chunks.count - 1, begins, group.position, block);
    this.end = group.end;
    this.groupsWritten += 1;
  }

  private async addSegment(base: number): Promise<Segment> {
    const name = segmentName(base);
    const file = await this.disk.create(name);
    await file.writeDurably(segmentHeader(base), 0);
    const segment = { base, name, file };
    this.segments.push(segment);
    return segment;
  }

  private fail(cause: Error): void {
    const failure = new ReadOnlyLogError(cause);
    this.failure = failure;
    this.options.onFailure?.(failure);
    for (const group of this.queue.abandon()) for (const commit of group.commits) commit.failed(failure);
    for (const wake of this.wakes) wake();
  }
}
