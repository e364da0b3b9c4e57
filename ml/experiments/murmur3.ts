/**
 * MurmurHash3, x86, 32 bits, of the text's UTF-8 bytes (Austin Appleby's MurmurHash3_x86_32; a lone surrogate is encoded as
 * U+FFFD). Fixed for ever: units stay where an experiment put them only as long as this does.
 * @returns an unsigned 32-bit integer
 */
export function murmur3(text: string, seed: number): number {
  const bytes = 3 * text.length <= scratch.length ? scratch : new Uint8Array(3 * text.length);
  const length = encode(text, bytes);
  let hash = seed | 0;
  const blocks = length & ~3;
  for (let at = 0; at < blocks; at += 4) {
    const word = bytes[at] | (bytes[at + 1] << 8) | (bytes[at + 2] << 16) | (bytes[at + 3] << 24);
    hash ^= scramble(word);
    hash = Math.imul((hash << 13) | (hash >>> 19), 5) + 0xe6546b64;
  }
  let tail = 0;
  for (let at = length - 1; at >= blocks; at--) tail = (tail << 8) | bytes[at];
  hash ^= scramble(tail) ^ length;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

const encoder = new TextEncoder();
/** For keys of ordinary length, so that none is allocated a call. */
const scratch = new Uint8Array(1024);

/** A key is mostly ASCII, for which a call of the encoder costs more than the hash. */
function encode(text: string, bytes: Uint8Array): number {
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    if (unit >= 0x80) return encoder.encodeInto(text, bytes).written;
    bytes[at] = unit;
  }
  return text.length;
}

function scramble(word: number): number {
  const mixed = Math.imul(word, 0xcc9e2d51);
  return Math.imul((mixed << 15) | (mixed >>> 17), 0x1b873593);
}
