import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { describeReadError } from '../../platform/tabular/inspectFile.ts';
import { describeWriteError } from '../../platform/writeFileAtomically.ts';

const CHUNK_BYTES = 1024 * 1024;

export interface CopyOptions {
  /** How messages name the source. */
  readonly shownAs: string;
  readonly signal?: AbortSignal;
}

/**
 * Copies a file for its owner alone and digests what was copied, in one reading: whatever happens to the source meanwhile, the
 * digest is the copy's.
 * @returns SHA-256 of the copy
 * @throws HoldfastError where the source cannot be read or the copy not be written; what `signal` was aborted with
 */
export async function copyPrivately(
  source: string,
  copy: string,
  { shownAs, signal }: CopyOptions,
): Promise<string> {
  const hash = createHash('sha256');
  const file = await open(copy, 'wx', 0o600);
  try {
    for await (const chunk of readChunks(source, shownAs)) {
      signal?.throwIfAborted();
      hash.update(chunk);
      await file.writeFile(chunk).catch((error: unknown) => {
        throw describeWriteError(error, copy);
      });
    }
  } finally {
    await file.close();
  }
  return hash.digest('hex');
}

async function* readChunks(path: string, shownAs: string): AsyncGenerator<Buffer, void, void> {
  try {
    yield* createReadStream(path, { highWaterMark: CHUNK_BYTES });
  } catch (error) {
    throw describeReadError(error, shownAs);
  }
}
