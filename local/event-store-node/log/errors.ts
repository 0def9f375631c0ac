/** Bytes that were once acknowledged no longer read back: the store must not guess what they were. */
export class DamagedLogError extends Error {
  constructor(
    readonly segment: string,
    readonly offset: number,
  ) {
    super(`The event log is damaged: segment ${segment} at offset ${offset}. Restore the folder from a copy.`);
    this.name = 'DamagedLogError';
  }
}

/** The log accepts no more appends: it is damaged, or a sync failed and what that left on the disk is not known. */
export class ReadOnlyLogError extends Error {
  constructor(cause: Error) {
    super(`The event log is read-only: ${cause.message}`, { cause });
    this.name = 'ReadOnlyLogError';
  }
}

/** The disk had no room. Nothing of the append is stored; once there is room the next one is taken again. */
export class DiskFullError extends Error {
  constructor(cause: Error) {
    super(`The disk is full, nothing was stored: ${cause.message}`, { cause });
    this.name = 'DiskFullError';
  }
}

const codeOf = (error: unknown): unknown =>
  typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;

/** True for the system's errors that mean no more room was to be had. */
export const isDiskFull = (error: unknown): error is Error => codeOf(error) === 'ENOSPC' || codeOf(error) === 'EDQUOT';

/** True where the disk itself could not give back what it holds. */
export const isUnreadable = (error: unknown): boolean => codeOf(error) === 'EIO';
