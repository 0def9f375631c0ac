import type { Disk, DiskFile } from '../disk/disk.js';

const SECTOR = 512;

/** What a crash leaves of the write that was under way: a choice for each of its sectors, in order. */
export type Survives = (sector: number) => boolean;

interface PendingWrite {
  readonly name: string;
  readonly bytes: Buffer;
  readonly position: number;
}

/**
 * A disk in memory that keeps what was synced and nothing else. While `held` every write stays unsynced until `crash`,
 * which keeps the sectors the test chooses: none, all, the first few, or the last without the first.
 */
export class FaultyDisk implements Disk {
  readonly files = new Map<string, Buffer>();
  held = false;
  failNext: Error | undefined;
  private pending: PendingWrite[] = [];
  private pendingFiles: string[] = [];

  async list(): Promise<string[]> {
    return [...this.files.keys()];
  }

  async open(name: string): Promise<DiskFile> {
    return this.file(name);
  }

  async create(name: string): Promise<DiskFile> {
    if (this.held) {
      this.pendingFiles.push(name);
      return new Promise(() => undefined);
    }
    this.files.set(name, Buffer.alloc(0));
    return this.file(name);
  }

  get writesUnderWay(): number {
    return this.pending.length + this.pendingFiles.length;
  }

  /** The disk as the next start finds it. Nothing the crashed program still does reaches it. */
  crash(survives: Survives): FaultyDisk {
    const next = new FaultyDisk();
    for (const [name, bytes] of this.files) next.files.set(name, Buffer.from(bytes));
    for (const name of this.pendingFiles) if (survives(0)) next.files.set(name, Buffer.alloc(0));
    for (const write of this.pending) {
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
      read: async (target, position) => bytes().copy(target, 0, position),
      writeDurably: async (source, position) => {
        if (this.failNext !== undefined) {
          const failure = this.failNext;
          this.failNext = undefined;
          throw failure;
        }
        if (this.held) {
          this.pending.push({ name, bytes: Buffer.from(source), position });
          return new Promise(() => undefined);
        }
        put(this.files, name, source, position);
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
