import { cancellationSignal, heartbeat } from '@temporalio/activity';
import { join } from 'node:path';
import { getDatasetVersion } from '../../db/datasets/getDatasetVersion.ts';
import { recordDatasetVersion } from '../../db/datasets/recordDatasetVersion.ts';
import type { DatasetVersion } from '../../db/datasets/DatasetVersion.ts';
import { attachDataset } from '../../db/runs/attachDataset.ts';
import type { ProjectDefinition } from '../../ml/definition/ProjectDefinition.ts';
import { canonicalJson } from '../../platform/canonicalJson.ts';
import { HoldfastError } from '../../platform/HoldfastError.ts';
import { sha256 } from '../../platform/sha256.ts';
import type { IngestDatasetInput, IngestDatasetResult } from '../../platform/workflowContract.ts';
import { resolveProjectPath } from '../../projects/resolveProjectPath.ts';
import type { ActivityPorts } from '../ActivityPorts.ts';
import { readDefinition } from '../runs/readDefinition.ts';
import { ingestFile } from './ingestFile.ts';
import { simulateSource } from './simulateSource.ts';

interface Source {
  readonly path: string;
  /** For people. */
  readonly shownAs: string;
}

const heartbeatEveryMs = 1000;

/**
 * A source becomes a dataset version. Which source: the file that was asked for, else the model's newest dataset (under
 * today's definition), else what the definition names. The same bytes under the same columns are one version, so a second
 * attempt, or a second run, finds the first one's.
 */
export const createIngest =
  ({ database, artifacts, home }: Pick<ActivityPorts, 'database' | 'artifacts' | 'home'>) =>
  async ({ runId, model, definition: definitionDigest, data }: IngestDatasetInput): Promise<IngestDatasetResult> => {
    const signal = cancellationSignal();
    const definition = await readDefinition(artifacts, definitionDigest);
    let rows = 0;
    const pulse = setInterval(() => heartbeat({ rows }), heartbeatEveryMs);
    try {
      const newest = data === null ? await newestDataset(model) : null;
      const { path, shownAs } =
        newest === null
          ? await findSource(definition, data, signal)
          : { path: await artifacts.path(newest.sourceArtifact), shownAs: newest.source };
      const { digest, schema, quarantineFile, tableDigest, profile, violations, violationCounts, ignoredColumns, ...counts } =
        await ingestFile({
          definition,
          path,
          shownAs,
          artifacts,
          quarantineFolder: join(home, 'quarantine'),
          onProgress: progress => {
            rows = progress.rows;
          },
          signal,
        });
      const recorded = await recordDatasetVersion(database, {
        model,
        digest,
        schemaDigest: sha256(canonicalJson(schema)),
        tableDigest,
        sourceArtifact: digest,
        source: shownAs,
        ...counts,
        quarantineFile,
        schema,
        profile: { ...profile, violationCounts, ignoredColumns },
        violations,
      });
      if (runId !== undefined) await attachDataset(database, runId, recorded.id);
      const { version, rows: accepted, quarantined } = recorded;
      return { version, digest, rows: accepted, quarantined, table: recorded.tableDigest };
    } finally {
      clearInterval(pulse);
    }

    async function newestDataset(name: string): Promise<DatasetVersion | null> {
      try {
        return await getDatasetVersion(database, name);
      } catch (error) {
        if (error instanceof HoldfastError && error.code === 'notFound') return null;
        throw error;
      }
    }

    async function findSource(project: ProjectDefinition, file: string | null, stop: AbortSignal): Promise<Source> {
      if (file !== null) return { path: file, shownAs: file };
      const { source, name } = project;
      if (source === undefined)
        throw new HoldfastError(
          'failedPrecondition',
          `The model ${name} has no data yet and projects/${name}.ts names no source: give a file, \`./holdfast train --model ${name} --data FILE.csv\`.`,
        );
      if (source.kind === 'file') return { path: resolveProjectPath(source.path), shownAs: source.path };
      const { rows: count, seed } = source;
      const path = await simulateSource({ model: name, rows: count, seed }, join(home, 'data'), stop);
      return { path, shownAs: `simulator, ${count} rows, seed ${seed}` };
    }
  };
