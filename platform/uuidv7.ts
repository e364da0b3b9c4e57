import { randomFillSync } from 'node:crypto';

// Identifiers that sort by the time they were made (RFC 9562, version 7): 48 bits of milliseconds, 12 of a counter that begins
// anew at a random place each millisecond, 62 random ones. In one process each is greater than the one before, also when the
// clock is set back. Random bytes are drawn in bulk, for one prediction is too short a time to ask the kernel for them.

const POOL_BYTES = 8192;
const DRAW_BYTES = 10;
/** The counter begins below the half of its range, so that as many are left in the same millisecond. */
const COUNTER_START = 0x7ff;
const COUNTER_END = 0xfff;

const hex = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));
const pool = new Uint8Array(POOL_BYTES);
let drawn = POOL_BYTES;
let lastMs = 0;
let counter = 0;

/** @param nowMs the clock, for tests */
export function uuidv7(nowMs = Date.now()): string {
  if (drawn + DRAW_BYTES > POOL_BYTES) {
    randomFillSync(pool);
    drawn = 0;
  }
  const at = drawn;
  drawn += DRAW_BYTES;
  if (nowMs > lastMs) {
    lastMs = nowMs;
    counter = ((pool[at] << 8) | pool[at + 1]) & COUNTER_START;
  } else if (counter === COUNTER_END) {
    lastMs++;
    counter = 0;
  } else counter++;
  const high = Math.floor(lastMs / 0x1_00_00);
  const low = lastMs % 0x1_00_00;
  return (
    `${hex[(high >>> 24) & 255]}${hex[(high >>> 16) & 255]}${hex[(high >>> 8) & 255]}${hex[high & 255]}-` +
    `${hex[low >>> 8]}${hex[low & 255]}-7${hex[counter >>> 8][1]}${hex[counter & 255]}-` +
    `${hex[0x80 | (pool[at + 2] & 0x3f)]}${hex[pool[at + 3]]}-` +
    `${hex[pool[at + 4]]}${hex[pool[at + 5]]}${hex[pool[at + 6]]}${hex[pool[at + 7]]}${hex[pool[at + 8]]}${hex[pool[at + 9]]}`
  );
}
