// Protobuf's wire format, written front to back into one buffer that is used again. What is nested has its length before it and
// not yet known: one byte is kept free for it, and what follows moves up where that is not enough, which only long parts need.

const FIRST_BYTES = 16 * 1024;
/** A buffer that one large request made is not kept for the small ones. */
const KEPT_BYTES = 1024 * 1024;

export class WireWriter {
  #bytes = Buffer.allocUnsafe(FIRST_BYTES);
  #at = 0;

  /** Forgets what was written. */
  begin(): void {
    this.#at = 0;
    if (this.#bytes.length > KEPT_BYTES) this.#bytes = Buffer.allocUnsafe(FIRST_BYTES);
  }

  /** @returns a copy of what was written since begin() */
  finish(): Buffer {
    return Buffer.from(this.#bytes.subarray(0, this.#at));
  }

  /** @param value an integer from 0 to 2^32 - 1 */
  uint32(value: number): void {
    this.#need(5);
    let rest = value;
    while (rest > 0x7f) {
      this.#bytes[this.#at++] = (rest & 0x7f) | 0x80;
      rest >>>= 7;
    }
    this.#bytes[this.#at++] = rest;
  }

  /** A varint of 64 bits; those of negative numbers are their two's complement. */
  uint64(value: bigint): void {
    this.#need(10);
    let rest = BigInt.asUintN(64, value);
    while (rest > 0x7fn) {
      this.#bytes[this.#at++] = Number(rest & 0x7fn) | 0x80;
      rest >>= 7n;
    }
    this.#bytes[this.#at++] = Number(rest);
  }

  fixed32(value: number): void {
    this.#need(4);
    this.#at = this.#bytes.writeUInt32LE(value >>> 0, this.#at);
  }

  fixed64(value: bigint): void {
    this.#need(8);
    this.#at = this.#bytes.writeBigUInt64LE(BigInt.asUintN(64, value), this.#at);
  }

  float(value: number): void {
    this.#need(4);
    this.#at = this.#bytes.writeFloatLE(value, this.#at);
  }

  double(value: number): void {
    this.#need(8);
    this.#at = this.#bytes.writeDoubleLE(value, this.#at);
  }

  /** Its length and its UTF-8. */
  string(text: string): void {
    const { length } = text;
    // Short texts are mostly ASCII, and a loop over them costs less than a call into Node.
    if (length <= SHORT) {
      this.#need(length + 1);
      const bytes = this.#bytes;
      const start = this.#at + 1;
      let at = 0;
      for (; at < length; at++) {
        const letter = text.charCodeAt(at);
        if (letter > 0x7f) break;
        bytes[start + at] = letter;
      }
      if (at === length) {
        bytes[this.#at] = length;
        this.#at = start + length;
        return;
      }
    }
    const size = Buffer.byteLength(text);
    this.uint32(size);
    this.#need(size);
    this.#at += this.#bytes.write(text, this.#at);
  }

  /** With its length. */
  bytes(value: Uint8Array): void {
    this.uint32(value.length);
    this.raw(value);
  }

  /** As it is. */
  raw(value: Uint8Array): void {
    this.#need(value.length);
    this.#bytes.set(value, this.#at);
    this.#at += value.length;
  }

  /** Begins what has its length before it. @returns what close() wants to know */
  open(): number {
    this.#need(1);
    return ++this.#at;
  }

  close(start: number): void {
    const size = this.#at - start;
    if (size <= 0x7f) {
      this.#bytes[start - 1] = size;
      return;
    }
    const prefix = size < 2 ** 14 ? 2 : size < 2 ** 21 ? 3 : size < 2 ** 28 ? 4 : 5;
    this.#need(prefix - 1);
    const end = this.#at;
    this.#bytes.copyWithin(start - 1 + prefix, start, end);
    this.#at = start - 1;
    this.uint32(size);
    this.#at = end + prefix - 1;
  }

  #need(bytes: number): void {
    if (this.#at + bytes <= this.#bytes.length) return;
    const larger = Buffer.allocUnsafe(Math.max(2 * this.#bytes.length, this.#at + bytes));
    this.#bytes.copy(larger, 0, 0, this.#at);
    this.#bytes = larger;
  }
}

const SHORT = 40;
