import { cancellationSignal, heartbeat } from '@temporalio/activity';
import { join } from 'node:path';
import { recordDatasetVersion } from '../../db/datasets/recordDatasetVersion.ts';
import { attachDataset } from '../../db/runs/attachDataset.ts';
import { canonicalJson } from '../../platform/canonicalJson.ts';
import { sha256 } from '../../platform/sha256.ts';
import type { IngestDatasetInput, IngestDatasetResult } from '../../platform/workflowContract.ts';
import type { ActivityPorts } from '../ActivityPorts.ts';
import { readDefinition } from '../runs/readDefinition.ts';
import { withPulse } from '../withPulse.ts';
import { findSource } from './findSource.ts';
import { ingestFile } from './ingestFile.ts';

/**
 * A source becomes a dataset version. The same bytes under the same columns are one version, so a second attempt, or a second
 * run, finds the first one's.
 */
export const createIngest =
  (ports: Pick<ActivityPorts, 'database' | 'artifacts' | 'home'>) =>
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
  ports: Pick<ActivityPorts, 'database' | 'artifacts' | 'home'>,
  { runId, model, data, ...input }: IngestDatasetInput,
  onProgress: (progress: { readonly rows: number }) => void,
): Promise<IngestDatasetResult> {
  const { database, artifacts, home } = ports;
  const signal = cancellationSignal();
  const definition = await readDefinition(artifacts, input.definition);
  const { path, shownAs } = await findSource(ports, definition, data, signal);
  const quarantineFolder = join(home, 'quarantine');
  const ingested = await ingestFile({
    definition,
    path,
    shownAs,
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
    source: shownAs,
    schema,
    profile: { ...profile, violationCounts, ignoredColumns },
  });
  if (runId !== undefined) await attachDataset(database, runId, recorded.id);
  const { version, rows, quarantined, tableDigest } = recorded;
  return { version, digest, rows, quarantined, table: tableDigest };
}
