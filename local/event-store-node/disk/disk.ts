/** One file of the log. A write is complete and durable when its promise resolves; a rejected write has an unknown outcome. */
export interface DiskFile {
  size(): Promise<number>;
  /** Fills as much of `target` as the file holds from `position`; resolves to the bytes read. */
  read(target: Buffer, position: number): Promise<number>;
  /** Writes all of `bytes` at `position` and forces them to stable storage. */
  writeDurably(bytes: Buffer, position: number): Promise<void>;
  /** Cuts the file to `length` bytes and forces that to stable storage. */
  truncate(length: number): Promise<void>;
  close(): Promise<void>;
}

/** The only way the node touches storage, so that tests can put a disk that loses and tears writes in its place. */
export interface Disk {
  list(): Promise<string[]>;
  /** Opens an existing file for reading and writing. */
  open(name: string): Promise<DiskFile>;
  /** Makes a new empty file whose directory entry is durable when the promise resolves. */
  create(name: string): Promise<DiskFile>;
}
