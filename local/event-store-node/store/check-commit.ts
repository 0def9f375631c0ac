/** Expected revisions that are no revision, by the numbers the server itself gives them. */
export const ANY = -2;
export const NO_STREAM = -1;
export const STREAM_EXISTS = -4;

/** What the decision needs to know of a stream, everything accepted so far included. */
export interface StreamView {
  readonly tombstoned: boolean;
  readonly softDeleted: boolean;
  /** The last revision, -1 where nothing was ever written. */
  readonly last: number;
  readonly hasMetadata: boolean;
  /** A recently written event of this same stream. */
  recent(id: string): { revision: number; position: number } | undefined;
  /** The id at a revision; undefined when it must first be read from the disk. */
  idAt(revision: number): string | undefined;
  positionAt(revision: number): number;
}

export type CommitDecision =
  | { readonly kind: 'write' }
  | { readonly kind: 'idempotent'; readonly revision: number; readonly position: number }
  | { readonly kind: 'wrong-version' }
  | { readonly kind: 'deleted' }
  | { readonly kind: 'ids-needed'; readonly from: number; readonly to: number };

const WRONG: CommitDecision = { kind: 'wrong-version' };
const WRITE: CommitDecision = { kind: 'write' };

/** `any` and `stream_exists`: only the ids in memory are asked, so the answer is best effort. */
const byRecentIds = (view: StreamView, ids: readonly string[]): CommitDecision => {
  let last: { revision: number; position: number } | undefined;
  for (const [index, id] of ids.entries()) {
    const known = view.recent(id);
    if (known === undefined) return index === 0 ? WRITE : WRONG;
    last = known;
  }
  return last === undefined ? WRITE : { kind: 'idempotent', ...last };
};

/** A revision already passed: the same ids there make it the same append, which the log can tell for ever. */
const byStoredIds = (view: StreamView, expected: number, ids: readonly string[]): CommitDecision => {
  for (const [index, id] of ids.entries()) {
    const revision = expected + 1 + index;
    if (revision > view.last) return WRONG;
    const stored = view.idAt(revision);
    if (stored === undefined) return { kind: 'ids-needed', from: revision, to: Math.min(view.last, expected + ids.length) };
    if (stored !== id) return index === 0 && expected === NO_STREAM && view.softDeleted ? WRITE : WRONG;
  }
  const revision = expected + ids.length;
  return ids.length === 0 ? WRONG : { kind: 'idempotent', revision, position: view.positionAt(revision) };
};

/** Decides an append in the exact order of the server's own check. At the expected revision itself ids are not looked at. */
export const checkCommit = (view: StreamView, expected: number, ids: readonly string[]): CommitDecision => {
  if (view.tombstoned) return { kind: 'deleted' };
  if (expected === STREAM_EXISTS) {
    if (view.softDeleted) return { kind: 'deleted' };
    if (view.last < 0 && !view.hasMetadata) return WRONG;
  }
  if (expected === ANY || expected === STREAM_EXISTS) return byRecentIds(view, ids);
  if (expected < view.last) return byStoredIds(view, expected, ids);
  return expected === view.last ? WRITE : WRONG;
};
