import { cancellationSignal, heartbeat } from '@temporalio/activity';
import { join } from 'node:path';
import { recordDatasetVersion } from '../../db/datasets/recordDatasetVersion.ts';
import { attachDataset } from '../../db/runs/attachDataset.ts';
import { canonicalJson } from '../../platform/canonicalJson.ts';
import { sha256 } from '../../platform/sha256.ts';
import type { IngestDatasetInput, IngestDatasetResult } from '../../platform/workflowContract.ts';
import type { ActivityPorts } from '../ActivityPorts.ts';
import { readDefinition } from '../runs/readDefinition.ts';
import { findSource } from './findSource.ts';
import { ingestFile } from './ingestFile.ts';

const heartbeatEveryMs = 1000;

/**
 * A source becomes a dataset version. The same bytes under the same columns are one version, so a second attempt, or a second
 * run, finds the first one's.
 */
export const createIngest =
  (ports: Pick<ActivityPorts, 'database' | 'artifacts' | 'home'>) =>
  async (input: IngestDatasetInput): Promise<IngestDatasetResult> => {
    const { database, artifacts, home } = ports;
    const { runId, model, data } = input;
    const signal = cancellationSignal();
    const definition = await readDefinition(artifacts, input.definition);
    let rowsRead = 0;
    const pulse = setInterval(() => heartbeat({ rows: rowsRead }), heartbeatEveryMs);
    try {
      const { path, shownAs } = await findSource(ports, definition, data, signal);
      const ingested = await ingestFile({
        definition,
        path,
        shownAs,
        artifacts,
        quarantineFolder: join(home, 'quarantine'),
        onProgress: progress => {
          rowsRead = progress.rows;
        },
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
    } finally {
      clearInterval(pulse);
    }
  };
