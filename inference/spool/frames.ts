import { crc32 } from 'node:zlib';

// How a segment is written: frames one after the other, each the length of its payload, the CRC-32 of it (both unsigned 32-bit,
// little-endian), and the payload. What a killed writer left unfinished at the end is known by its length, what a disk spoiled
// by its sum.

const HEADER_BYTES = 8;

/** More than any frame holds: a length above it was never written by us. */
const MAXIMUM_PAYLOAD_BYTES = 1 << 29;

export function encodeFrame(payload: string): Buffer {
  const length = Buffer.byteLength(payload);
  const frame = Buffer.allocUnsafe(HEADER_BYTES + length);
  frame.write(payload, HEADER_BYTES);
  frame.writeUInt32LE(length, 0);
  frame.writeUInt32LE(crc32(frame.subarray(HEADER_BYTES)), 4);
  return frame;
}

export interface DecodedFrames {
  readonly payloads: readonly string[];
  /** Up to the end of the last whole frame. */
  readonly bytesRead: number;
  /** What follows it: nothing, the beginning of a frame, or bytes that are none. */
  readonly rest: 'none' | 'torn' | 'damaged';
}

/** Reads whole frames from the beginning, as many as `limitBytes` of payload allow, but one at least. */
export function decodeFrames(bytes: Buffer, limitBytes = Number.POSITIVE_INFINITY): DecodedFrames {
  const payloads: string[] = [];
  let at = 0;
  while (at < bytes.length && (at === 0 || at < limitBytes)) {
    if (bytes.length - at < HEADER_BYTES) return { payloads, bytesRead: at, rest: 'torn' };
    const length = bytes.readUInt32LE(at);
    if (length === 0 || length > MAXIMUM_PAYLOAD_BYTES) return { payloads, bytesRead: at, rest: 'damaged' };
    const end = at + HEADER_BYTES + length;
    if (end > bytes.length) return { payloads, bytesRead: at, rest: 'torn' };
    const payload = bytes.subarray(at + HEADER_BYTES, end);
    if (crc32(payload) !== bytes.readUInt32LE(at + 4)) return { payloads, bytesRead: at, rest: 'damaged' };
    payloads.push(payload.toString());
    at = end;
  }
  return { payloads, bytesRead: at, rest: 'none' };
}
