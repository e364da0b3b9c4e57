import { cancellationSignal, heartbeat } from '@temporalio/activity';
import { z } from 'zod';
import { getDatasetVersion } from '../../db/datasets/getDatasetVersion.ts';
import { findReport } from '../../db/models/findReport.ts';
import { listVersionsOfRuns } from '../../db/models/listVersionsOfRuns.ts';
import { getRun } from '../../db/runs/getRun.ts';
import { HoldfastError } from '../../platform/HoldfastError.ts';
import type { TrackRunInput } from '../../platform/workflowContract.ts';
import type { ActivityPorts } from '../ActivityPorts.ts';
import { withPulse } from '../withPulse.ts';
import type { MlflowClient } from './createMlflowClient.ts';
import { describeDataset } from './describeDataset.ts';
import { describeRun } from './describeRun.ts';
import { artifactsOf, describeVersion } from './describeVersion.ts';
import { ensureExperiment } from './ensureExperiment.ts';
import { ensureRun } from './ensureRun.ts';
import { closeRun, logDataset, logRun } from './logRun.ts';
import { uploadArtifacts } from './uploadArtifacts.ts';

interface MirrorPorts extends Pick<ActivityPorts, 'database' | 'artifacts' | 'logger'> {
  readonly mlflow: MlflowClient;
  /** Null: one a model. */
  readonly experiment: string | null;
}

const inputSchema = z.strictObject({ runId: z.string().min(1) });

/**
 * Shows a training run in MLflow as the registry has it now: a run, and one nested in it for every version. Each attempt looks
 * for what is there and adds what is missing, so that it does not matter where the one before broke off.
 */
export const createMirrorRun =
  (ports: MirrorPorts) =>
  async (input: TrackRunInput): Promise<void> => {
    const checked = inputSchema.safeParse(input);
    if (!checked.success)
      throw new HoldfastError(
        'invalidArgument',
        `The input of trackRun is not valid: expected {"runId":"…"}, see \`./holdfast runs list\`.`,
      );
    const signal = cancellationSignal();
    await withPulse(
      () => heartbeat(),
      () => mirror(ports, checked.data.runId, signal),
    );
  };

async function mirror(ports: MirrorPorts, runId: string, signal: AbortSignal): Promise<void> {
  const { database, artifacts, logger, mlflow, experiment } = ports;
  const run = await getRun(database, runId);
  const versions = await listVersionsOfRuns(database, [run.id]);
  const dataset =
    run.dataset && describeDataset(await getDatasetVersion(database, run.model, run.dataset.version));
  const experimentId = await ensureExperiment(mlflow, experiment ?? `holdfast/${run.model}`, signal);

  const whole = describeRun(run);
  const parent = await ensureRun(mlflow, whole, { experimentId, parent: null }, signal);
  if (parent === null) return;
  await logRun(mlflow, parent, whole, signal);
  if (dataset) await logDataset(mlflow, parent, dataset, signal);

  let uploaded = true;
  for (const version of versions.toReversed()) {
    const part = describeVersion(version, run);
    const child = await ensureRun(mlflow, part, { experimentId, parent }, signal);
    if (child === null) continue;
    await logRun(mlflow, child, part, signal);
    if (dataset) await logDataset(mlflow, child, dataset, signal);
    const files = artifactsOf(version, await findReport(database, version.model, version.version));
    uploaded &&= await uploadArtifacts(mlflow, child, files, artifacts, signal);
    await closeRun(mlflow, child, part, signal);
  }
  await closeRun(mlflow, parent, whole, signal);
  if (!uploaded)
    logger.warn(
      { runId: run.id, mlflow: mlflow.url },
      'MLflow serves no artifacts itself, so that it got no files: start it without --no-serve-artifacts',
    );
}
