/** What is kept of a stream outside the log; the positions are those of its synced events. */
export interface SavedStream {
  readonly name: string;
  /** Its metadata event's JSON, '' where it has none. */
  readonly metadataText: string;
  readonly tombstoned: boolean;
  readonly positions: Float64Array;
}
