import { join } from 'node:path';
import { ensureFirstAdmin } from '../control/accounts/ensureFirstAdmin.ts';
import { startControl } from '../control/startControl.ts';
import { createTemporal } from '../control/temporal/createTemporal.ts';
import { openDatabase } from '../db/openDatabase.ts';
import { createCallMetrics } from '../observability/metrics/createCallMetrics.ts';
import { addressesOf } from '../platform/addresses.ts';
import { createLocalArtifactStore } from '../platform/createLocalArtifactStore.ts';
import { createAccessLog } from '../platform/grpc/createAccessLog.ts';
import { createCallTracer } from '../platform/grpc/createCallTracer.ts';
import { runProcess } from '../platform/lifecycle/runProcess.ts';
import { requireServices } from '../platform/requireServices.ts';
import { serverSecurity } from '../platform/tls/serverSecurity.ts';

// Control's wiring.

await runProcess('control', async ({ configuration, logger, metrics, tracing }) => {
  const { databaseUrl, temporalAddress } = requireServices(configuration);
  const { defaultModel, ports, bind, home } = configuration;
  const database = await openDatabase({ url: databaseUrl, applicationName: 'holdfast-control' });
  const temporal = createTemporal(temporalAddress, configuration.temporalNamespace, tracing.on);
  // Where nobody gave one, only `npm start` has somebody to show a password to.
  const { adminPassword } = configuration;
  if (adminPassword !== undefined) await ensureFirstAdmin(database, adminPassword);
  const control = await startControl({
    database,
    connectionString: databaseUrl,
    artifacts: createLocalArtifactStore(join(home, 'artifacts')),
    temporal,
    logger,
    defaultModel,
    trustedProxies: configuration.trustedProxies,
    dataRoots: configuration.dataRoots,
    address: addressesOf(configuration).control,
    host: bind,
    port: ports.control,
    observers: [
      createCallMetrics(metrics),
      createAccessLog({ logger, share: configuration.accessLogShare }),
      ...(tracing.on ? [createCallTracer()] : []),
    ],
    security: serverSecurity(configuration.tls.server, logger),
  });
  return {
    info: { address: `${bind}:${control.port}` },
    close: async () => {
      await control.close();
      await temporal.close();
      await database.close();
    },
  };
});
