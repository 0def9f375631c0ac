import type { Disk, DiskFile } from '../disk/disk.js';

const SECTOR = 512;

/** What a crash leaves of the write that was under way: a choice for each of its sectors, in order. */
export type Survives = (sector: number) => boolean;

interface PendingWrite {
  readonly name: string;
  readonly bytes: Buffer;
  readonly position: number;
}

const fullError = (): Error => Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' });

/**
 * A disk in memory that keeps what was synced and nothing else. While `held` no sync ever answers, until `crash`,
 * which keeps the sectors the test chooses: none, all, the first few, or the last without the first.
 */
export class FaultyDisk implements Disk {
  readonly files = new Map<string, Buffer>();
  held = false;
  /** Fails the next sync. */
  failNext: Error | undefined;
  /** Names of files that can no longer be read. */
  readonly unreadable = new Set<string>();
  /** Bytes the disk has room for beyond what it holds; a write that does not fit leaves what did. */
  room = Number.POSITIVE_INFINITY;
  private unsynced: PendingWrite[] = [];
  private readonly pending: PendingWrite[] = [];
  private readonly pendingFiles = new Map<string, Buffer>();

  async list(): Promise<string[]> {
    return [...this.files.keys()];
  }

  async open(name: string): Promise<DiskFile> {
    return this.file(name);
  }

  async create(name: string): Promise<DiskFile> {
    if (this.room <= 0) throw fullError();
    if (this.held) {
      this.pendingFiles.set(name, Buffer.alloc(0));
      return new Promise(() => undefined);
    }
    this.files.set(name, Buffer.alloc(0));
    return this.file(name);
  }

  async remove(name: string): Promise<void> {
    this.files.delete(name);
  }

  async replace(name: string, fill: (file: DiskFile) => Promise<void>): Promise<void> {
    const beside = new FaultyDisk();
    beside.room = this.room;
    const file = await beside.open(name);
    await fill(file);
    await file.sync();
    const bytes = beside.files.get(name) ?? Buffer.alloc(0);
    if (this.held) {
      this.pendingFiles.set(name, bytes);
      return new Promise(() => undefined);
    }
    this.files.set(name, bytes);
  }

  get writesUnderWay(): number {
    return this.pending.length + this.pendingFiles.size;
  }

  /** The disk as the next start finds it. Nothing the crashed program still does reaches it. */
  crash(survives: Survives): FaultyDisk {
    const next = new FaultyDisk();
    for (const [name, bytes] of this.files) next.files.set(name, Buffer.from(bytes));
    for (const [name, bytes] of this.pendingFiles) if (survives(0)) next.files.set(name, Buffer.from(bytes));
    for (const write of [...this.pending, ...this.unsynced]) {
      for (let at = 0; at < write.bytes.length; at += SECTOR) {
        if (survives(at / SECTOR)) put(next.files, write.name, write.bytes.subarray(at, at + SECTOR), write.position + at);
      }
    }
    return next;
  }

  private file(name: string): DiskFile {
    const bytes = (): Buffer => this.files.get(name) ?? Buffer.alloc(0);
    return {
      size: async () => bytes().length,
      read: async (target, position) => {
        if (this.unreadable.has(name)) throw Object.assign(new Error('EIO: i/o error, read'), { code: 'EIO' });
        return bytes().copy(target, 0, position);
      },
      write: async (source, position) => {
        const fits = Math.min(source.length, this.room);
        if (fits < source.length) {
          put(this.files, name, source.subarray(0, fits), position);
          throw fullError();
        }
        this.room -= source.length;
        this.unsynced.push({ name, bytes: Buffer.from(source), position });
      },
      sync: async () => {
        const failure = this.failNext;
        this.failNext = undefined;
        if (failure !== undefined) throw failure;
        const mine = this.unsynced.filter((write) => write.name === name);
        this.unsynced = this.unsynced.filter((write) => write.name !== name);
        for (const write of mine) {
          if (this.held) this.pending.push(write);
          else put(this.files, name, write.bytes, write.position);
        }
        if (this.held) await new Promise(() => undefined);
      },
      truncate: async (length) => {
        this.files.set(name, Buffer.from(bytes().subarray(0, length)));
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
