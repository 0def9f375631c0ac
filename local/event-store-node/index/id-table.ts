const SLOT_BITS = 17;
const SLOTS = 2 ** SLOT_BITS;
const EMPTY = 0;
const TAKEN_BACK = -1;

/** How many ids a table takes: half its slots, so that a search soon meets an empty one. */
export const TABLE_IDS = SLOTS / 2;

/** A UUID as four numbers of 32 bits. */
export type IdWords = Uint32Array;

const digit = (code: number): number => (code & 15) + (code >> 6) * 9;
const fourDigits = (id: string, at: number): number =>
  (digit(id.charCodeAt(at)) << 12) |
  (digit(id.charCodeAt(at + 1)) << 8) |
  (digit(id.charCodeAt(at + 2)) << 4) |
  digit(id.charCodeAt(at + 3));

/** Reads the canonical lower-case text of a UUID into `words`. */
export const readIdWords = (id: string, words: IdWords): void => {
  words[0] = (fourDigits(id, 0) << 16) | fourDigits(id, 4);
  words[1] = (fourDigits(id, 9) << 16) | fourDigits(id, 14);
  words[2] = (fourDigits(id, 19) << 16) | fourDigits(id, 24);
  words[3] = (fourDigits(id, 28) << 16) | fourDigits(id, 32);
};

/**
 * Ids and the positions of their events in flat arrays, found by open addressing. A map of texts and objects does the
 * same, but what it holds is work for the garbage collector with every append.
 */
export class IdTable {
  private readonly words = new Uint32Array(SLOTS * 4);
  private readonly positions = new Float64Array(SLOTS);
  private used = 0;

  get full(): boolean {
    return this.used >= TABLE_IDS;
  }

  /** Notes a position, which is greater than zero. Only known ids may go into a full table. */
  set(id: IdWords, position: number): void {
    const slot = this.slotOf(id);
    if (this.positions[slot] === EMPTY) {
      this.words.set(id, slot * 4);
      this.used += 1;
    }
    this.positions[slot] = position;
  }

  takeBack(id: IdWords): void {
    const slot = this.slotOf(id);
    if (this.positions[slot] !== EMPTY) this.positions[slot] = TAKEN_BACK;
  }

  /** The noted position; undefined for an id that is not here or was taken back. */
  find(id: IdWords): number | undefined {
    const position = this.positions[this.slotOf(id)] ?? EMPTY;
    return position > 0 ? position : undefined;
  }

  clear(): void {
    this.positions.fill(EMPTY);
    this.used = 0;
  }

  /** The id's slot, or the empty one where it would go. */
  private slotOf(id: IdWords): number {
    const { words, positions } = this;
    const a = id[0] ?? 0;
    const b = id[1] ?? 0;
    const c = id[2] ?? 0;
    const d = id[3] ?? 0;
    const mixed = a ^ Math.imul(b, 0x9e3779b1) ^ Math.imul(c, 0x85ebca6b) ^ Math.imul(d, 0xc2b2ae35);
    let slot = Math.imul(mixed, 0x27d4eb2f) >>> (32 - SLOT_BITS);
    while (positions[slot] !== EMPTY) {
      const at = slot * 4;
      if (words[at] === a && words[at + 1] === b && words[at + 2] === c && words[at + 3] === d) return slot;
      slot = (slot + 1) & (SLOTS - 1);
    }
    return slot;
  }
}
