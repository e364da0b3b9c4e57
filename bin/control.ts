import { join } from 'node:path';
import { buildControlServer } from '../control/buildControlServer.ts';
import { createTemporal } from '../control/temporal/createTemporal.ts';
import { openDatabase } from '../db/openDatabase.ts';
import { createLocalArtifactStore } from '../platform/createLocalArtifactStore.ts';
import { createCallMetrics } from '../observability/metrics/createCallMetrics.ts';
import { createAccessLog } from '../platform/grpc/createAccessLog.ts';
import { createCallTracer } from '../platform/grpc/createCallTracer.ts';
import { LOOPBACK } from '../platform/addresses.ts';
import { runProcess } from '../platform/lifecycle/runProcess.ts';
import { requireServices } from '../platform/requireServices.ts';
import { serverCredentials } from '../platform/tls/serverCredentials.ts';

// Control's wiring. Without accounts everybody who reaches it may promote and cancel, so it listens on loopback only.

await runProcess('control', async ({ configuration, logger, metrics, tracing }) => {
  const { databaseUrl, temporalAddress } = requireServices(configuration);
  if (configuration.bind !== LOOPBACK)
    logger.warn({ bind: configuration.bind }, 'control listens on loopback only until accounts exist');
  const database = await openDatabase({ url: databaseUrl, applicationName: 'holdfast-control' });
  const temporal = createTemporal(temporalAddress, configuration.temporalNamespace, tracing.on);
  const artifacts = createLocalArtifactStore(join(configuration.home, 'artifacts'));
  const { defaultModel, ports } = configuration;
  const address = `${LOOPBACK}:${ports.control}`;
  const server = buildControlServer(
    { database, artifacts, temporal, logger, defaultModel, address },
    {
      observers: [
        createCallMetrics(metrics),
        createAccessLog({ logger, share: configuration.accessLogShare }),
        ...(tracing.on ? [createCallTracer()] : []),
      ],
      credentials: serverCredentials(configuration.tls.server, logger),
    },
  );
  await server.listen({ host: LOOPBACK, port: ports.control, portVariable: 'HOLDFAST_CONTROL_PORT' });
  server.setServing(true);
  return {
    info: { port: ports.control },
    close: async () => {
      await server.close();
      await temporal.close();
      await database.close();
    },
  };
});
