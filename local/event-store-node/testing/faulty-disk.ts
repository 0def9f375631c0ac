import type { Disk, DiskFile } from '../disk/disk.js';

const SECTOR = 512;

/** What a crash leaves of a write that was not synced: a choice for each of its sectors, in order. */
export type Survives = (sector: number) => boolean;

/** A write that is not durable. */
export interface PendingWrite {
  readonly name: string;
  readonly bytes: Buffer;
  readonly position: number;
}

const fullError = (): Error => Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' });

/**
 * A disk in memory with the system's cache in front of it: what was written reads back at once, and is durable only once
 * synced. While `held` no sync answers, until `release`. A machine that stops (`crash`) loses and tears what was not synced; a
 * process that is killed (`kill`) leaves it in the cache, where the next one reads it without its being durable. After a failed
 * sync the system takes what it could not write for written: it reads back and no later sync stores it.
 */
export class FaultyDisk implements Disk {
  /** What is durable. */
  readonly files = new Map<string, Buffer>();
  held = false;
  /** Fails the next sync. */
  failNext: Error | undefined;
  /** Names of files that can no longer be read. */
  readonly unreadable = new Set<string>();
  /** Bytes the disk has room for beyond what it holds; a write that does not fit leaves what did. New empty files take none. */
  room = Number.POSITIVE_INFINITY;
  private unsynced: PendingWrite[] = [];
  private syncing: PendingWrite[] = [];
  private forsaken: PendingWrite[] = [];
  private readonly pendingFiles = new Map<string, Buffer>();
  private waiting: (() => void)[] = [];

  async list(): Promise<string[]> {
    return [...new Set([...this.files.keys(), ...this.cachedWrites.map((write) => write.name)])];
  }

  async open(name: string): Promise<DiskFile> {
    return this.file(name);
  }

  async create(name: string): Promise<DiskFile> {
    this.pendingFiles.set(name, Buffer.alloc(0));
    await this.answer();
    this.settleFile(name);
    return this.file(name);
  }

  async remove(name: string): Promise<void> {
    this.files.delete(name);
    for (const list of ['unsynced', 'syncing', 'forsaken'] as const)
      this[list] = this[list].filter((write) => write.name !== name);
  }

  async replace(name: string, fill: (file: DiskFile) => Promise<void>): Promise<void> {
    const beside = new FaultyDisk();
    beside.room = this.room;
    const file = await beside.open(name);
    await fill(file);
    await file.sync();
    this.pendingFiles.set(name, beside.files.get(name) ?? Buffer.alloc(0));
    await this.answer();
    this.settleFile(name);
  }

  get writesUnderWay(): number {
    return this.syncing.length + this.pendingFiles.size;
  }

  /** What reads back and is not durable, in the order it was written. */
  get cachedWrites(): readonly PendingWrite[] {
    return [...this.forsaken, ...this.syncing, ...this.unsynced];
  }

  /** Lets every sync that was held answer, and those to come. */
  release(): void {
    this.held = false;
    for (const go of this.waiting.splice(0)) go();
  }

  /** The disk as the next start finds it when the machine stops. Nothing the crashed program still does reaches it. */
  crash(survives: Survives): FaultyDisk {
    const next = this.next(survives);
    for (const write of this.cachedWrites) {
      for (let at = 0; at < write.bytes.length; at += SECTOR) {
        if (survives(at / SECTOR)) put(next.files, write.name, write.bytes.subarray(at, at + SECTOR), write.position + at);
      }
    }
    return next;
  }

  /**
   * The disk as the next start finds it when the process is killed: all that was written reads back, and what was not synced is
   * still not durable. The last write may have been under way: of it the sectors before the first that does not survive are there.
   */
  kill(survives: Survives = () => true): FaultyDisk {
    const next = this.next(survives);
    const writes = [...this.syncing, ...this.unsynced];
    next.forsaken = [...this.forsaken];
    next.unsynced = writes.slice(0, -1);
    const last = writes.at(-1);
    if (last === undefined) return next;
    let kept = 0;
    while (kept < last.bytes.length && survives(kept / SECTOR)) kept += SECTOR;
    if (kept > 0) next.unsynced.push({ ...last, bytes: last.bytes.subarray(0, kept) });
    return next;
  }

  /** What is durable, and of files being made or replaced perhaps the new ones. */
  private next(survives: Survives): FaultyDisk {
    const next = new FaultyDisk();
    for (const [name, bytes] of this.files) next.files.set(name, Buffer.from(bytes));
    for (const [name, bytes] of this.pendingFiles) if (survives(0)) next.files.set(name, Buffer.from(bytes));
    return next;
  }

  private async answer(): Promise<void> {
    if (this.held) await new Promise<void>((resolve) => this.waiting.push(resolve));
  }

  private settleFile(name: string): void {
    const bytes = this.pendingFiles.get(name);
    this.pendingFiles.delete(name);
    if (bytes !== undefined) this.files.set(name, bytes);
  }

  /** A file as it reads back. */
  private cached(name: string): Buffer {
    const durable = this.files.get(name) ?? Buffer.alloc(0);
    const writes = this.cachedWrites.filter((write) => write.name === name);
    if (writes.length === 0) return durable;
    const view = new Map([[name, durable]]);
    for (const write of writes) put(view, name, write.bytes, write.position);
    return view.get(name) ?? durable;
  }

  private file(name: string): DiskFile {
    return {
      size: async () => this.cached(name).length,
      read: async (target, position) => {
        if (this.unreadable.has(name)) throw Object.assign(new Error('EIO: i/o error, read'), { code: 'EIO' });
        return this.cached(name).copy(target, 0, position);
      },
      write: async (source, position) => {
        const fits = Math.min(source.length, this.room);
        if (fits > 0) this.unsynced.push({ name, bytes: Buffer.from(source.subarray(0, fits)), position });
        if (fits < source.length) throw fullError();
        this.room -= source.length;
      },
      sync: async () => {
        const mine = this.unsynced.filter((write) => write.name === name);
        this.unsynced = this.unsynced.filter((write) => write.name !== name);
        const failure = this.failNext;
        this.failNext = undefined;
        if (failure !== undefined) {
          this.forsaken.push(...mine);
          throw failure;
        }
        this.syncing.push(...mine);
        await this.answer();
        this.syncing = this.syncing.filter((write) => !mine.includes(write));
        for (const write of mine) put(this.files, name, write.bytes, write.position);
      },
      truncate: async (length) => {
        const durable = this.files.get(name) ?? Buffer.alloc(0);
        const stays = (write: PendingWrite): boolean => write.name !== name || write.position < length;
        const cut = (write: PendingWrite): PendingWrite =>
          write.name === name ? { ...write, bytes: write.bytes.subarray(0, length - write.position) } : write;
        this.forsaken = this.forsaken.filter(stays).map(cut);
        this.files.set(name, Buffer.from(durable.subarray(0, length)));
        for (const write of this.unsynced.filter(stays).map(cut)) {
          if (write.name === name) put(this.files, name, write.bytes, write.position);
        }
        this.unsynced = this.unsynced.filter((write) => write.name !== name);
      },
      close: async () => undefined,
    };
  }
}

const put = (files: Map<string, Buffer>, name: string, source: Buffer, position: number): void => {
  const old = files.get(name) ?? Buffer.alloc(0);
  const grown = Buffer.alloc(Math.max(old.length, position + source.length));
  old.copy(grown);
  source.copy(grown, position);
  files.set(name, grown);
};
