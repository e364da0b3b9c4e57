import { join } from 'node:path';
import { openDatabase } from '../db/openDatabase.ts';
import { openLazily } from '../db/openLazily.ts';
import { startInference } from '../inference/startInference.ts';
import { createLocalArtifactStore } from '../platform/createLocalArtifactStore.ts';
import { isWorker, keepWorkers } from '../platform/lifecycle/keepWorkers.ts';
import { runProcess } from '../platform/lifecycle/runProcess.ts';
import { requireServices } from '../platform/requireServices.ts';
import { serverSecurity } from '../platform/tls/serverSecurity.ts';

// The inference server's wiring. PostgreSQL may be away: then the local copy is served, and the database is opened when it is
// back. With several processes, the one that was started keeps the others, each of which runs this file again.

await runProcess('inference', async ({ configuration, logger, metrics, tracing }) => {
  const { inferenceProcesses } = configuration;
  if (inferenceProcesses > 1 && !isWorker()) return keepWorkers({ count: inferenceProcesses, logger });
  const {
    home,
    bind,
    ports,
    defaultModel,
    batching,
    maximumOnRequestBytes,
    spool,
    ab,
    stickyHeader,
    inferenceConnections,
  } = configuration;
  const { databaseUrl } = requireServices(configuration);
  const inference = await startInference({
    database: openLazily(() =>
      openDatabase({ url: databaseUrl, applicationName: 'holdfast-inference', poolSize: 2 }),
    ),
    connectionString: databaseUrl,
    artifacts: createLocalArtifactStore(join(home, 'artifacts')),
    home,
    host: bind,
    port: ports.inference,
    defaultModel,
    batching,
    spool,
    ab,
    stickyHeader,
    maximumOnRequestBytes,
    connections: {
      ...inferenceConnections,
      security: serverSecurity(configuration.tls.server, logger),
    },
    accessLogShare: configuration.accessLogShare,
    traced: tracing.on,
    metrics,
    logger,
  });
  return {
    info: { address: `${bind}:${inference.port}`, versions: inference.store.loaded().length },
    close: () => inference.close(),
  };
});
