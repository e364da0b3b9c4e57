import { createReadStream } from 'node:fs';
import { describeReadError, inspectFile } from '../../platform/tabular/inspectFile.ts';
import type { Source } from './Source.ts';

const CHUNK_BYTES = 1024 * 1024;

/** A file that the worker can read. It is looked at first: a device has no end. */
export const createFileSource = (path: string, shownAs = path): Source => ({
  shownAs,
  read: async function* read() {
    await inspectFile(path, shownAs);
    try {
      yield* createReadStream(path, { highWaterMark: CHUNK_BYTES });
    } catch (error) {
      throw describeReadError(error, shownAs);
    }
  },
});
