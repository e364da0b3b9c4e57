import { open } from 'node:fs/promises';
import type { Prediction } from '../../db/predictions/Prediction.ts';
import { decodeFrames } from './frames.ts';
import { decodePredictions } from './PredictedCall.ts';

export interface SegmentPart {
  readonly predictions: readonly Prediction[];
  /** Where the next part begins. */
  readonly end: number;
  /** What follows, where the part could not be read up to the segment's end and no other part can. */
  readonly rest: 'none' | 'torn' | 'damaged';
}

const PART_BYTES = 1 << 20;
const LENGTH_BYTES = 8;

/** The predictions of a segment from byte `from` on: about a MiB of them, whole frames, at least one. */
export async function readSegment(path: string, from: number, size: number): Promise<SegmentPart> {
  const file = await open(path, 'r');
  try {
    const read = async (length: number): Promise<Buffer> => {
      const buffer = Buffer.alloc(Math.min(length, size - from));
      const { bytesRead } = await file.read(buffer, 0, buffer.length, from);
      return buffer.subarray(0, bytesRead);
    };
    let bytes = await read(PART_BYTES);
    const first = bytes.length < LENGTH_BYTES ? 0 : LENGTH_BYTES + bytes.readUInt32LE(0);
    if (first > bytes.length && first <= size - from) bytes = await read(first);
    const { payloads, bytesRead, rest } = decodeFrames(bytes);
    const end = from + bytesRead;
    // The beginning of a frame is the part's end, unless the segment ends there too.
    const cut = rest === 'torn' && from + bytes.length < size;
    return { predictions: payloads.flatMap(decodePredictions), end, rest: cut ? 'none' : rest };
  } finally {
    await file.close();
  }
}
