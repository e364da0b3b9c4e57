import { cancellationSignal, heartbeat } from '@temporalio/activity';
import { join } from 'node:path';
import { recordDatasetVersion } from '../../db/datasets/recordDatasetVersion.ts';
import { getRun } from '../../db/runs/getRun.ts';
import { attachDataset } from '../../db/runs/attachDataset.ts';
import { canonicalJson } from '../../platform/canonicalJson.ts';
import { sha256 } from '../../platform/sha256.ts';
import type { IngestDatasetInput, IngestDatasetResult } from '../../platform/workflowContract.ts';
import type { ActivityPorts } from '../ActivityPorts.ts';
import { readDefinition } from '../runs/readDefinition.ts';
import { withPulse } from '../withPulse.ts';
import { findSource } from './findSource.ts';
import { ingestSource } from './ingestSource.ts';

/**
 * A source becomes a dataset version. The same bytes under the same columns are one version, so a second attempt, or a second
 * run, finds the first one's.
 */
export const createIngest =
  (ports: Pick<ActivityPorts, 'database' | 'artifacts' | 'home' | 'environment'>) =>
  async (input: IngestDatasetInput): Promise<IngestDatasetResult> => {
    let rows = 0;
    return withPulse(
      () => heartbeat({ rows }),
      () =>
        ingest(ports, input, progress => {
          rows = progress.rows;
        }),
    );
  };

async function ingest(
  ports: Pick<ActivityPorts, 'database' | 'artifacts' | 'home' | 'environment'>,
  { runId, model, data, fresh = false, ...input }: IngestDatasetInput,
  onProgress: (progress: { readonly rows: number }) => void,
): Promise<IngestDatasetResult> {
  const { database, artifacts, home } = ports;
  const signal = cancellationSignal();
  const definition = await readDefinition(artifacts, input.definition);
  const source = await findSource(ports, definition, { data, fresh }, signal);
  const quarantineFolder = join(home, 'quarantine');
  const ingested = await ingestSource({
    definition,
    source,
    artifacts,
    quarantineFolder,
    onProgress,
    signal,
  });
  const { digest, schema, profile, violationCounts, ignoredColumns, ...rest } = ingested;
  const recorded = await recordDatasetVersion(database, {
    ...rest,
    model,
    digest,
    schemaDigest: sha256(canonicalJson(schema)),
    sourceArtifact: digest,
    source: source.shownAs,
    schema,
    profile: { ...profile, violationCounts, ignoredColumns },
  });
  await attachDataset(database, runId, recorded.id);
  const { version, rows, quarantined, tableDigest } = recorded;
  // By the database's clock, so that a second attempt says the same as the one that recorded it.
  const isNew = recorded.createdAt >= (await getRun(database, runId)).startedAt;
  return { version, digest, rows, quarantined, table: tableDigest, isNew };
}
