import type { Disk } from '../disk/disk.js';
import { blockChecksum } from './block.js';
import { type Chunk, ChunkMap, Tail } from './chunks.js';
import { type DamagedLogError, DiskFullError, ReadOnlyLogError } from './errors.js';
import type { Group } from './group.js';
import { GroupQueue } from './group-queue.js';
import type { RecordVisitor } from './log-scan.js';
import { type RecoveredLog, recoverLog } from './recover.js';
import { type BlockMark, firstChecksum, type ResumePoint } from './resume.js';
import { SEGMENT_HEADER } from './segment.js';
import { SegmentFiles } from './segment-files.js';
import { SegmentReader } from './segment-reader.js';
import { within } from './within.js';

export interface EventLogOptions {
  /** A segment is closed once it has grown to this size. */
  readonly segmentSize?: number;
  /** Bytes kept in memory behind the head. */
  readonly tailBytes?: number;
  /** Told once, when a sync has failed or damage was found, and the log takes no more. */
  readonly onFailure?: (failure: ReadOnlyLogError) => void;
  /** Told when the disk has no room left for appends, and when it has again. */
  readonly onFull?: (full: DiskFullError | undefined) => void;
}

const SEGMENT_SIZE = 32 * 1024 * 1024;
const TAIL_BYTES = 16 * 1024 * 1024;
const CLOSE_GRACE_MS = 2000;
const CONGESTED = 32 * 1024 * 1024;
/** Far more than the appends a group has room for: answers that wait for it without adding to it. */
const CROWDED = 50_000;

/** Where the synced log stands: taken between two groups, it and the index agree. */
export interface LogMark {
  readonly position: number;
  readonly last: BlockMark;
  readonly starts: Float64Array;
  readonly ends: Float64Array;
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
  private cutting: Promise<void> = Promise.resolve();
  private lastBlock: BlockMark | undefined;
  /** Why the log is read-only, once it is. */
  failure: ReadOnlyLogError | undefined;
  /** The first damage found, which is then also why the log is read-only. */
  damage: DamagedLogError | undefined;
  /** Set while the disk has no room for appends. */
  full: DiskFullError | undefined;
  /** How often everything unsynced was given up, and with it what had been decided on top of it. */
  refusals = 0;
  groupsWritten = 0;
  /** Where the synced log ends. */
  end: number;
  /** Bytes of an unfinished write that were cut off when the log was opened. */
  readonly dropped: number;
  /** What lies before this position was not read when the log was opened. */
  readonly unread: number;
  private readonly files: SegmentFiles;

  private constructor(
    disk: Disk,
    found: RecoveredLog,
    private readonly chunks: ChunkMap,
    private readonly options: EventLogOptions,
  ) {
    this.files = new SegmentFiles(disk, found.segments);
    this.end = found.end;
    this.dropped = found.dropped;
    this.unread = found.unread;
    this.lastBlock = found.lastBlock;
    this.segmentSize = options.segmentSize ?? SEGMENT_SIZE;
    this.tail = new Tail(options.tailBytes ?? TAIL_BYTES);
    this.reader = new SegmentReader(found.segments, chunks, (damage) => this.damaged(damage));
    this.queue = this.freshQueue();
    if (found.damage !== undefined) this.damaged(found.damage);
  }

  /**
   * Opens the log of a disk, making its first segment where there is none, and visits every record behind the resume point.
   * A damaged log opens read-only. Throws DamagedLogError where segments overlap, which no damage to their bytes explains.
   */
  static async open(disk: Disk, visit: RecordVisitor, options: EventLogOptions = {}, resume?: ResumePoint): Promise<EventLog> {
    const chunks = new ChunkMap();
    const log = new EventLog(disk, await recoverLog(disk, chunks, visit, resume), chunks, options);
    if (log.segmentCount === 0) {
      await log.addSegment();
      log.queue = log.freshQueue();
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
      // a group may be on its way again already: what was written last has asked for it as it was told
      if (!this.queue.writing) this.writing = this.drain();
    });
  }

  /** The group, not yet synced, in whose bytes the position lies. */
  pendingGroup(position: number): Group | undefined {
    return this.queue.holding(position);
  }

  /** True when so much waits to be written that callers should stop taking in more. */
  get congested(): boolean {
    return this.queue.gatheredEnd - this.end > CONGESTED || (this.queue.last()?.commits.length ?? 0) > CROWDED;
  }

  /** The group that will be synced last of those not yet synced. */
  lastUnsynced(): Group | undefined {
    return this.queue.last();
  }

  /** The log's end and what leads to it; undefined while nothing was ever written. Ask between two groups, as `onGrowth` does. */
  mark(): LogMark | undefined {
    if (this.lastBlock === undefined || this.failure !== undefined) return undefined;
    const columns = this.chunks.columns();
    return { position: columns.ends.at(-1) ?? 0, last: this.lastBlock, ...columns };
  }

  /** The checksum of the first block, by which this log is known again. */
  first(): Promise<number | undefined> {
    return firstChecksum(this.files.all);
  }

  get chunkCount(): number {
    return this.chunks.count;
  }

  get segmentCount(): number {
    return this.files.all.length;
  }

  chunkEnd(index: number): number {
    return this.chunks.end(index);
  }

  /** Reads a chunk from the disk whether or not it is in memory, and checks it. Throws DamagedLogError. */
  async verify(index: number): Promise<void> {
    await this.reader.verify(index);
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
    const until = performance.now() + graceMs;
    while (performance.now() < until && this.failure === undefined && this.lastUnsynced() !== undefined) {
      await new Promise<void>((resolve) => setImmediate(resolve));
      await within(until - performance.now(), this.writing);
    }
  }

  /** Waits until what is gathered is written, as long as a closing store may. */
  settle(): Promise<void> {
    return this.idle(CLOSE_GRACE_MS);
  }

  /** Makes sure that what a mark tells of is on the disk, whatever was done about it before. */
  sync(mark: LogMark): Promise<void> {
    return this.files.syncAt(mark.last.position);
  }

  /** Writes what is gathered, then closes the files. */
  async close(): Promise<void> {
    await this.settle();
    await within(CLOSE_GRACE_MS, this.cutting);
    this.failure ??= new ReadOnlyLogError(new Error('the store is closed'));
    await this.files.close();
  }

  private async drain(): Promise<void> {
    for (let group = this.queue.next(); group !== undefined; group = this.queue.next()) {
      try {
        await this.write(group);
      } catch (error) {
        if (error instanceof DiskFullError) {
          this.refuse(error);
          continue;
        }
        this.fail(error instanceof Error ? error : new Error(String(error)));
        return;
      }
      this.queue.written();
      for (const commit of group.commits) commit.synced();
      this.grown();
      this.queue.reuse(group);
    }
  }

  private grown(): void {
    for (const wake of this.wakes) wake();
  }

  private async write(group: Group): Promise<void> {
    if (group.position !== this.end) await this.addSegment();
    const block = group.seal();
    await this.files.append(block, group.position);
    const begins = this.chunks.add(group.position, block.length);
    this.tail.add(this.chunks.count - 1, begins, group.position, block);
    this.lastBlock = { position: group.position, checksum: blockChecksum(block, 0) };
    this.end = group.end;
    this.groupsWritten += 1;
    if (this.full !== undefined) this.tellFull(undefined);
  }

  private async addSegment(): Promise<void> {
    await this.files.add(this.end);
    this.end += SEGMENT_HEADER;
  }

  private freshQueue(): GroupQueue {
    return new GroupQueue(this.end, this.files.base, this.segmentSize);
  }

  /** Gives up everything not yet synced, of which no byte is left on the disk, and goes on as if it had never come. */
  private refuse(full: DiskFullError): void {
    const commits = this.queue.abandon().flatMap((group) => group.commits);
    this.queue = this.freshQueue();
    this.refusals += 1;
    for (const commit of commits) commit.undo();
    if (this.full === undefined) this.tellFull(full);
    for (const commit of commits) commit.failed(full);
    this.grown();
  }

  private tellFull(full: DiskFullError | undefined): void {
    this.full = full;
    this.options.onFull?.(full);
  }

  private fail(cause: Error): void {
    const failure = this.readOnly(cause);
    this.cutting = this.files.cutBack(this.end);
    for (const group of this.queue.abandon()) for (const commit of group.commits) commit.failed(failure);
    this.grown();
  }

  /** Takes no more appends from now on; those already taken are still written. */
  private damaged(damage: DamagedLogError): void {
    this.damage ??= damage;
    if (this.failure === undefined) this.readOnly(damage);
  }

  private readOnly(cause: Error): ReadOnlyLogError {
    this.failure = new ReadOnlyLogError(cause);
    this.options.onFailure?.(this.failure);
    return this.failure;
  }
}
