import { openAsBlob } from 'node:fs';
import { z } from 'zod';
import type { ArtifactStore } from '../../platform/ArtifactStore.ts';
import type { MlflowClient } from './createMlflowClient.ts';
import type { KnownRun } from './ensureRun.ts';
import type { MirroredArtifact } from './MirroredRun.ts';

const listing = z.object({
  files: z
    .array(z.object({ path: z.string(), is_dir: z.boolean(), file_size: z.coerce.number().optional() }))
    .default([]),
});

/**
 * Sends the files that are not there yet through the server, as MLflow's clients do where it serves artifacts.
 * @returns false where it does not: then the runs' files lie where only a client with that store's own keys can write
 */
export async function uploadArtifacts(
  mlflow: MlflowClient,
  { artifactUri }: KnownRun,
  files: readonly MirroredArtifact[],
  artifacts: ArtifactStore,
  signal: AbortSignal,
): Promise<boolean> {
  const folder = /^mlflow-artifacts:\/(?!\/)(.*)$/.exec(artifactUri)?.[1];
  if (folder === undefined) return false;
  const { files: present } = await mlflow.get(
    'mlflow-artifacts/artifacts',
    { path: folder },
    listing,
    signal,
  );
  for (const { path, digest } of files) {
    const content = await openAsBlob(await artifacts.path(digest));
    // Their content never changes; only one that was cut off is shorter.
    if (present.some(file => file.path === path && file.file_size === content.size)) continue;
    await mlflow.put(`mlflow-artifacts/artifacts/${encodePath(`${folder}/${path}`)}`, content, signal);
  }
  return true;
}

const encodePath = (path: string): string => path.split('/').map(encodeURIComponent).join('/');
