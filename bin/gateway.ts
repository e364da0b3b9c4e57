import { buildGateway } from '../gateway/buildGateway.ts';
import { createBackend } from '../gateway/createBackend.ts';
import { addressesOf } from '../platform/addresses.ts';
import { readDescriptors } from '../platform/grpc/readDescriptors.ts';
import { assertPortFree } from '../platform/lifecycle/assertPortFree.ts';
import { runProcess } from '../platform/lifecycle/runProcess.ts';
import { channelSecurity } from '../platform/tls/channelSecurity.ts';

// The gateway's wiring.

await runProcess('gateway', async ({ configuration, logger, metrics, tracing }) => {
  const { stickyHeader, bind, corsOrigins, trustedProxies, accessLogShare, isPublicHttps } = configuration;
  const { http } = configuration.ports;
  const backend = createBackend(
    { ...addressesOf(configuration), inferenceProcesses: configuration.inferenceProcesses },
    channelSecurity(configuration.tls.client, logger),
  );
  const app = buildGateway({
    descriptors: readDescriptors(),
    backend,
    logger,
    metrics,
    stickyHeader,
    corsOrigins,
    trustedProxies,
    isPublicHttps,
    accessLogShare,
    traced: tracing.on,
  });
  await assertPortFree({
    purpose: 'the gateway',
    port: http,
    variable: 'HOLDFAST_HTTP_PORT',
    host: bind,
  });
  await app.listen({ host: bind, port: http });
  return {
    close: async () => {
      await app.close();
      backend.close();
    },
  };
});
