import { readFile } from 'node:fs/promises';
import type { ArtifactStore } from '../platform/ArtifactStore.ts';
import type { LocalCopy } from './createLocalCopy.ts';

/**
 * A model file's bytes: the local copy where it is sound, else the artifact store's. Whether the latter are what their name
 * says is for loadModel to find out, which can say whose file it is.
 * @throws HoldfastError notFound where neither has the file
 */
export async function readArtifact(
  artifacts: ArtifactStore,
  localCopy: LocalCopy,
  digest: string,
): Promise<Uint8Array> {
  const kept = await localCopy.readModel(digest);
  return kept ?? readFile(await artifacts.path(digest));
}
