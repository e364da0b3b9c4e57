import { join, resolve } from 'node:path';
import { createActivities } from '../activities/createActivities.ts';
import { createTrackingActivities } from '../activities/tracking/createTrackingActivities.ts';
import { requestTracking } from '../activities/tracking/requestTracking.ts';
import { requestReports } from '../activities/reports/requestReports.ts';
import { createTrainingPool } from '../activities/training/createTrainingPool.ts';
import { bundleWorkflows } from '../activities/worker/bundleWorkflows.ts';
import { createWorker } from '../activities/worker/createWorker.ts';
import { ensureIngestSchedules } from '../activities/worker/ensureIngestSchedules.ts';
import { openDatabase } from '../db/openDatabase.ts';
import { createLocalArtifactStore } from '../platform/createLocalArtifactStore.ts';
import { HoldfastError } from '../platform/HoldfastError.ts';
import { runProcess } from '../platform/lifecycle/runProcess.ts';
import { requireServices } from '../platform/requireServices.ts';

// The worker's wiring: activities over the real ports, and the workflows' code as a bundle.

const root = resolve(import.meta.dirname, '..');

await runProcess('worker', async ({ configuration, logger, tracing }) => {
  const { home, defaultModel, trainingThreads, tracking } = configuration;
  const { databaseUrl, temporalAddress } = requireServices(configuration);
  const database = await openDatabase({ url: databaseUrl, applicationName: 'holdfast-worker' });
  const training = createTrainingPool(trainingThreads);
  const artifacts = createLocalArtifactStore(join(home, 'artifacts'));
  const track = tracking === null ? async () => undefined : requestTracking;
  const closing = new AbortController();
  const activities = createActivities({
    database,
    artifacts,
    training,
    logger,
    home,
    defaultModel,
    environment: process.env,
    track,
    report: requestReports,
    closing: closing.signal,
  });
  const worker = await createWorker({
    address: temporalAddress,
    namespace: configuration.temporalNamespace,
    workflowBundle: await bundleWorkflows({
      root,
      folder: join(root, 'node_modules/.cache/workflows'),
      logger,
    }),
    traced: tracing.on,
    activities,
    trackingActivities: tracking && createTrackingActivities({ database, artifacts, logger }, tracking),
    logger,
  });
  await ensureIngestSchedules({
    address: temporalAddress,
    namespace: configuration.temporalNamespace,
    logger,
  });
  return {
    info: { trainingThreads },
    close: async () => {
      closing.abort(new HoldfastError('unavailable', 'The worker ends; another goes on.'));
      await worker.close();
      await training.close();
      await database.close();
    },
  };
});
