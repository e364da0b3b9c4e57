import { join } from 'node:path';
import type { Database } from '../../db/Database.ts';
import { getDatasetVersion } from '../../db/datasets/getDatasetVersion.ts';
import type { DatasetVersion } from '../../db/datasets/DatasetVersion.ts';
import type { ProjectDefinition } from '../../ml/definition/ProjectDefinition.ts';
import { HoldfastError } from '../../platform/HoldfastError.ts';
import { resolveProjectPath } from '../../projects/resolveProjectPath.ts';
import type { ActivityPorts } from '../ActivityPorts.ts';
import { simulateSource } from './simulateSource.ts';

export interface Source {
  readonly path: string;
  /** For people. */
  readonly shownAs: string;
}

/**
 * The file to ingest: the one that was asked for, else the model's newest dataset (its bytes, under today's definition), else
 * what the definition names.
 * @throws HoldfastError failedPrecondition where there is none, with what to do
 */
export async function findSource(
  { database, artifacts, home }: Pick<ActivityPorts, 'database' | 'artifacts' | 'home'>,
  { name, source }: ProjectDefinition,
  data: string | null,
  signal: AbortSignal,
): Promise<Source> {
  if (data !== null) return { path: data, shownAs: data };
  const newest = await newestDataset(database, name);
  if (newest !== null) return { path: await artifacts.path(newest.sourceArtifact), shownAs: newest.source };
  if (source === undefined)
    throw new HoldfastError(
      'failedPrecondition',
      `The model ${name} has no data yet and projects/${name}.ts names no source: give a file, \`./holdfast train --model ${name} --data FILE.csv\`.`,
    );
  if (source.kind === 'file') return { path: resolveProjectPath(source.path), shownAs: source.path };
  const { rows, seed } = source;
  const path = await simulateSource({ model: name, rows, seed }, join(home, 'data'), signal);
  return { path, shownAs: `simulator, ${rows} rows, seed ${seed}` };
}

async function newestDataset(database: Database, model: string): Promise<DatasetVersion | null> {
  try {
    return await getDatasetVersion(database, model);
  } catch (error) {
    if (error instanceof HoldfastError && error.code === 'notFound') return null;
    throw error;
  }
}
