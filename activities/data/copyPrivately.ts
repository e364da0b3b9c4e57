import { createHash } from 'node:crypto';
import { open } from 'node:fs/promises';
import { describeWriteError } from '../../platform/writeFileAtomically.ts';
import type { Source } from './Source.ts';

/**
 * Copies a source for its owner alone and digests what was copied, in one reading: whatever happens to the source meanwhile, the
 * digest is the copy's.
 * @returns SHA-256 of the copy
 * @throws HoldfastError where the source cannot be read or the copy not be written; what `signal` was aborted with
 */
export async function copyPrivately(
  source: Source,
  copy: string,
  signal: AbortSignal | undefined,
): Promise<string> {
  const hash = createHash('sha256');
  const file = await open(copy, 'wx', 0o600);
  try {
    for await (const chunk of source.read(signal)) {
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
