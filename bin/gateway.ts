import { buildGateway } from '../gateway/buildGateway.ts';
import { createBackend } from '../gateway/createBackend.ts';
import { readDescriptors } from '../platform/grpc/readDescriptors.ts';
import { assertPortFree } from '../platform/lifecycle/assertPortFree.ts';
import { runProcess } from '../platform/lifecycle/runProcess.ts';

// The gateway's wiring. Without accounts everybody who reaches it may do everything, so it listens on loopback only.

await runProcess('gateway', async ({ configuration, logger }) => {
  const { http, inference, control } = configuration.ports;
  const backend = createBackend({ inference: `127.0.0.1:${inference}`, control: `127.0.0.1:${control}` });
  const app = buildGateway({ descriptors: readDescriptors(), backend, logger });
  await assertPortFree({ purpose: 'the gateway', port: http, variable: 'HOLDFAST_HTTP_PORT' }, '127.0.0.1');
  await app.listen({ host: '127.0.0.1', port: http });
  return {
    close: async () => {
      await app.close();
      backend.close();
    },
  };
});
