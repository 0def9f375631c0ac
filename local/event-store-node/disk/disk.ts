/** One file of the store. */
export interface DiskFile {
  size(): Promise<number>;
  /** Fills as much of `target` as the file holds from `position`; resolves to the bytes read. */
  read(target: Buffer, position: number): Promise<number>;
  /** Writes all of `bytes`, which a crash may still lose. Rejected, it may have written a part of them. */
  write(bytes: Buffer, position: number): Promise<void>;
  /** Forces what was written to stable storage. Once rejected, nothing is known of any write since the last sync. */
  sync(): Promise<void>;
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
  remove(name: string): Promise<void>;
  /** Puts a file with what `fill` writes in the place of `name`, durably; whatever happens there is the old one or the new one, whole. */
  replace(name: string, fill: (file: DiskFile) => Promise<void>): Promise<void>;
}
