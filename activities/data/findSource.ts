import { join } from 'node:path';
import type { Database } from '../../db/Database.ts';
import { getDatasetVersion } from '../../db/datasets/getDatasetVersion.ts';
import type { DatasetVersion } from '../../db/datasets/DatasetVersion.ts';
import type { ProjectDefinition } from '../../ml/definition/ProjectDefinition.ts';
import { HoldfastError } from '../../platform/HoldfastError.ts';
import { isS3Uri } from '../../platform/s3Uri.ts';
import { parseUpload } from '../../platform/uploads.ts';
import { resolveProjectPath } from '../../projects/resolveProjectPath.ts';
import type { ActivityPorts } from '../ActivityPorts.ts';
import { createFileSource } from './createFileSource.ts';
import { createPostgresSource } from './postgres/createPostgresSource.ts';
import { createS3Source } from './s3/createS3Source.ts';
import { simulateSource } from './simulateSource.ts';
import type { Source } from './Source.ts';

interface Wanted {
  /** A file's path or an object's address; null where nobody said. */
  readonly data: string | null;
  /** Whether the definition's source comes before the model's newest dataset. */
  readonly fresh: boolean;
}

/**
 * What to ingest: what was asked for, else the model's newest dataset (its bytes, under today's definition), else what the
 * definition names; where it is to be read afresh, the last only, save that the simulator never follows real data.
 * @throws HoldfastError failedPrecondition where there is none, or it would, or the worker's environment lacks what it takes, with what to do;
 * invalidArgument (an address that is none)
 */
export async function findSource(
  ports: Pick<ActivityPorts, 'database' | 'artifacts' | 'home' | 'environment'>,
  definition: ProjectDefinition,
  { data, fresh }: Wanted,
  signal: AbortSignal,
): Promise<Source> {
  const { database, artifacts, environment } = ports;
  if (data !== null) {
    const sent = parseUpload(data);
    if (sent !== null) {
      const { digest, name } = sent;
      return createFileSource(
        await artifacts.path(digest),
        name === '' ? 'an uploaded file' : `${name}, uploaded`,
      );
    }
    return isS3Uri(data) ? createS3Source(data, environment) : createFileSource(data);
  }
  const newest = await newestDataset(database, definition.name);
  if (newest !== null && !fresh)
    return createFileSource(await artifacts.path(newest.sourceArtifact), newest.source);
  if (newest !== null && definition.source?.kind === 'simulator' && !isSimulated(newest.source))
    throw new HoldfastError(
      'failedPrecondition',
      `projects/${definition.name}.ts names the simulator as its source, and the newest data came from ${newest.source}: simulated customers would take its place. Name where your data is in \`source\`, or give it: \`./holdfast datasets ingest --model ${definition.name} --data FILE.csv\`.`,
    );
  return openSource(ports, definition, signal);
}

/** How a dataset from the simulator begins to say where it is from. */
const SIMULATED = 'simulator, ';
const isSimulated = (shownAs: string): boolean => shownAs.startsWith(SIMULATED);

/** What the definition names. */
async function openSource(
  { home, environment }: Pick<ActivityPorts, 'home' | 'environment'>,
  { name, source }: ProjectDefinition,
  signal: AbortSignal,
): Promise<Source> {
  if (source === undefined)
    throw new HoldfastError(
      'failedPrecondition',
      `projects/${name}.ts names no source, so there is nothing to read: give a file, \`./holdfast train --model ${name} --data FILE.csv\`.`,
    );
  if (source.kind === 'file') return createFileSource(resolveProjectPath(source.path), source.path);
  if (source.kind === 's3') return createS3Source(source.uri, environment);
  if (source.kind === 'postgres') return createPostgresSource(source, environment);
  const { rows, seed } = source;
  const path = await simulateSource({ model: name, rows, seed }, join(home, 'data'), signal);
  return createFileSource(path, `${SIMULATED}${rows} rows, seed ${seed}`);
}

async function newestDataset(database: Database, model: string): Promise<DatasetVersion | null> {
  try {
    return await getDatasetVersion(database, model);
  } catch (error) {
    if (error instanceof HoldfastError && error.code === 'notFound') return null;
    throw error;
  }
}
