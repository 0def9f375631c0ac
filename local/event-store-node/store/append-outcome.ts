/** How an append, delete or tombstone ended. `revision` and `position` are -1 where nothing was ever written. */
export type AppendOutcome =
  | { readonly kind: 'appended'; readonly revision: number; readonly position: number }
  | { readonly kind: 'wrong-version'; readonly current: number }
  | { readonly kind: 'deleted' };

/** Called once: with the outcome when everything it tells of is synced, or with why it cannot be known. */
export type Settle = (outcome: AppendOutcome | Error) => void;
