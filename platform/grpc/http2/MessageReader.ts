import { HoldfastError } from '../../HoldfastError.ts';

// Length-prefixed messages (gRPC over HTTP/2: a flag of one byte, a length of four, then so many bytes) out of the pieces in which
// they come. What lies in one piece is not copied; what does not grows as it comes, so that a length alone takes no memory.

export interface PrefixedMessage {
  readonly compressed: boolean;
  readonly bytes: Buffer;
}

const PREFIX_BYTES = 5;
const FIRST_BYTES = 4096;

export class MessageReader {
  readonly #maximumBytes: number;
  readonly #prefix = Buffer.alloc(PREFIX_BYTES);
  #prefixBytes = 0;
  #length = 0;
  #body: Buffer = nothing;
  #bodyBytes = 0;

  constructor(maximumBytes: number) {
    this.#maximumBytes = maximumBytes;
  }

  /** Whether the last message is not whole yet. */
  get isInside(): boolean {
    return this.#prefixBytes > 0;
  }

  /** @throws HoldfastError tooLarge as soon as a length above the maximum came; invalidArgument for an unknown flag */
  push(piece: Buffer): PrefixedMessage[] {
    const messages: PrefixedMessage[] = [];
    let at = 0;
    while (at < piece.length || this.#isWhole) {
      if (this.#prefixBytes < PREFIX_BYTES) {
        const taken = piece.copy(this.#prefix, this.#prefixBytes, at, at + PREFIX_BYTES - this.#prefixBytes);
        this.#prefixBytes += taken;
        at += taken;
        if (this.#prefixBytes === PREFIX_BYTES) this.#begin();
        continue;
      }
      if (this.#bodyBytes === 0 && piece.length - at >= this.#length) {
        messages.push(this.#message(piece.subarray(at, at + this.#length)));
        at += this.#length;
        continue;
      }
      const taken = Math.min(this.#length - this.#bodyBytes, piece.length - at);
      this.#grow(this.#bodyBytes + taken);
      piece.copy(this.#body, this.#bodyBytes, at, at + taken);
      this.#bodyBytes += taken;
      at += taken;
      if (this.#bodyBytes === this.#length)
        messages.push(this.#message(this.#body.subarray(0, this.#length)));
    }
    return messages;
  }

  /** Of a message of no bytes the prefix is all. */
  get #isWhole(): boolean {
    return this.#prefixBytes === PREFIX_BYTES && this.#length === 0;
  }

  #begin(): void {
    const [flag] = this.#prefix;
    if (flag > 1)
      throw new HoldfastError(
        'invalidArgument',
        `A message begins with ${flag}; expected 0, or 1 for a compressed one. Is the client a gRPC client?`,
      );
    this.#length = this.#prefix.readUInt32BE(1);
    if (this.#length > this.#maximumBytes) throw tooLarge(`of ${this.#length} bytes`, this.#maximumBytes);
  }

  #message(bytes: Buffer): PrefixedMessage {
    const compressed = this.#prefix[0] === 1;
    this.#prefixBytes = 0;
    this.#body = nothing;
    this.#bodyBytes = 0;
    return { compressed, bytes };
  }

  #grow(bytes: number): void {
    if (bytes <= this.#body.length) return;
    const larger = Buffer.allocUnsafe(
      Math.min(this.#length, Math.max(FIRST_BYTES, bytes, 2 * this.#body.length)),
    );
    this.#body.copy(larger, 0, 0, this.#bodyBytes);
    this.#body = larger;
  }
}

const nothing = Buffer.alloc(0);

export const tooLarge = (what: string, maximumBytes: number): HoldfastError =>
  new HoldfastError(
    'tooLarge',
    `A message ${what} came; the server takes at most ${maximumBytes}. Split it into several.`,
  );
