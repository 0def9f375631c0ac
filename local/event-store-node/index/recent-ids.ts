import { IdTable, readIdWords, TABLE_IDS } from './id-table.js';

/** How many of the newest ids are certain to be known. Up to twice as many are. */
export const RECENT_IDS = TABLE_IDS;

/**
 * The ids written lately and where their events lie, for `any` and `stream_exists`: filled by writes only, bounded, and
 * empty after a restart. Kept as two generations, of which the older goes as a whole.
 */
export class RecentIds {
  private young = new IdTable();
  private old = new IdTable();
  private readonly words = new Uint32Array(4);

  /** `id` is the canonical lower-case text of a UUID. */
  add(id: string, position: number): void {
    if (this.young.full) {
      const emptied = this.old;
      emptied.clear();
      this.old = this.young;
      this.young = emptied;
    }
    readIdWords(id, this.words);
    this.young.set(this.words, position);
  }

  /** Takes back an id whose event was never stored. */
  forget(id: string): void {
    readIdWords(id, this.words);
    this.young.takeBack(this.words);
    this.old.takeBack(this.words);
  }

  /** The position of the event that was last written with the id. */
  find(id: string): number | undefined {
    readIdWords(id, this.words);
    return this.young.find(this.words) ?? this.old.find(this.words);
  }
}
