// Finds which of a few known texts some bytes of a request are, without making a string of them: a hash table over UTF-8.

export class ByteIndex {
  readonly #keys: readonly Buffer[];
  /** Hash → 1 + place of the key; 0 is empty. Open addressing, at most half full. */
  readonly #slots: Int32Array;
  readonly #mask: number;

  /** @param keys all different */
  constructor(keys: readonly string[]) {
    this.#keys = keys.map(key => Buffer.from(key));
    const size = 2 ** Math.ceil(Math.log2(Math.max(4, 2 * keys.length + 1)));
    this.#mask = size - 1;
    this.#slots = new Int32Array(size);
    for (const [place, key] of this.#keys.entries()) {
      let slot = hash(key, 0, key.length) & this.#mask;
      while (this.#slots[slot] !== 0) slot = (slot + 1) & this.#mask;
      this.#slots[slot] = place + 1;
    }
  }

  /** The place among the keys of what stands from `from` (inclusive) to `to` (exclusive); -1 where it is none. */
  find(bytes: Buffer, from: number, to: number): number {
    for (let slot = hash(bytes, from, to) & this.#mask; ; slot = (slot + 1) & this.#mask) {
      const place = this.#slots[slot] - 1;
      if (place === -1 || equals(this.#keys[place], bytes, from, to)) return place;
    }
  }
}

/** FNV-1a. */
function hash(bytes: Buffer, from: number, to: number): number {
  let value = 0x811c9dc5;
  for (let at = from; at < to; at++) value = Math.imul(value ^ bytes[at], 0x01000193);
  return value ^ (value >>> 15);
}

function equals(key: Buffer, bytes: Buffer, from: number, to: number): boolean {
  if (key.length !== to - from) return false;
  for (let at = 0; at < key.length; at++) if (key[at] !== bytes[from + at]) return false;
  return true;
}
