import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { copyPrivately } from './copyPrivately.ts';
import type { Source } from './Source.ts';

/** Does the work on a source's bytes as they are now; the copy is gone afterwards. */
export async function withPrivateCopy<Result>(
  source: Source,
  signal: AbortSignal | undefined,
  work: (copy: {
    readonly path: string;
    readonly digest: string;
    readonly folder: string;
  }) => Promise<Result>,
): Promise<Result> {
  signal?.throwIfAborted();
  const folder = await mkdtemp(join(tmpdir(), 'holdfast-ingest-'));
  try {
    // What is read and stored is what was digested, also where somebody edits the user's file meanwhile.
    const path = join(folder, 'source');
    const digest = await copyPrivately(source, path, signal);
    return await work({ path, digest, folder });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
