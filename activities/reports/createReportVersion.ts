import { cancellationSignal, heartbeat } from '@temporalio/activity';
import { getDatasetVersion } from '../../db/datasets/getDatasetVersion.ts';
import { findReport } from '../../db/models/findReport.ts';
import { getVersion } from '../../db/models/getVersion.ts';
import { recordReport } from '../../db/models/recordReport.ts';
import { getRun } from '../../db/runs/getRun.ts';
import { type ReportedVersion, reportFormat } from '../../ml/report/ModelReport.ts';
import type { ActivityPorts } from '../ActivityPorts.ts';
import { readDefinition } from '../runs/readDefinition.ts';
import { withPulse } from '../withPulse.ts';
import { runReportProcess } from './runReportProcess.ts';

type Ports = Pick<ActivityPorts, 'database' | 'artifacts' | 'logger' | 'closing' | 'track'>;

interface ReportVersionInput {
  readonly model: string;
  readonly version: number;
}

/**
 * Makes a version's report, stores page and JSON as artifacts and records their digests; a version that has one keeps it. All that
 * is needed is in the registry and the artifact store, so that any version can get one, however it came to be.
 */
export const createReportVersion =
  (ports: Ports) =>
  (input: ReportVersionInput): Promise<void> =>
    withPulse(heartbeat, () => reportVersion(ports, input));

async function reportVersion(
  { database, artifacts, logger, closing, track }: Ports,
  input: ReportVersionInput,
): Promise<void> {
  const { model, version } = input;
  const registered = await getVersion(database, model, version);
  const found = await findReport(database, model, version);
  // Asked for again: the attempt that recorded it may have ended before it could.
  if (found?.format === reportFormat) return track({ id: registered.runId, model });
  const { definitionDigest, digest, runId, parameters, crossValidation, seconds } = registered;
  const dataset = await getDatasetVersion(database, model, registered.dataset.version);
  const run = await getRun(database, runId);
  const reported: ReportedVersion = {
    model,
    version,
    trainer: registered.trainer,
    digest,
    createTime: registered.createdAt.toISOString(),
    crossValidation,
    parameters,
    trainingSeconds: seconds,
    lineage: {
      runId,
      workflowId: run.workflowId,
      trigger: run.trigger,
      definitionDigest,
      dataset: {
        version: dataset.version,
        digest: dataset.digest,
        tableDigest: dataset.tableDigest,
        source: dataset.source,
        rows: dataset.rows,
        quarantined: dataset.quarantined,
      },
    },
  };
  const started = performance.now();
  const report = await runReportProcess(
    {
      version: reported,
      definition: await readDefinition(artifacts, definitionDigest),
      modelPath: await artifacts.path(digest),
      tablePath: await artifacts.path(dataset.tableDigest),
    },
    AbortSignal.any([cancellationSignal(), closing]),
  );
  await recordReport(database, {
    model,
    version,
    format: reportFormat,
    json: await artifacts.put(Buffer.from(report.json)),
    html: await artifacts.put(Buffer.from(report.html)),
  });
  await track({ id: runId, model });
  logger.info({ model, version, seconds: (performance.now() - started) / 1000 }, 'version is reported');
}
