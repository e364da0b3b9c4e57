import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { z } from 'zod';
import { createGrpcServer } from '../../platform/grpc/createGrpcServer.ts';
import { readDescriptors } from '../../platform/grpc/readDescriptors.ts';
import { Started } from '../setup/support/Started.ts';
import { collectLogs } from '../support/collectLogs.ts';
import { freePorts } from '../support/freePorts.ts';
import { startProcess } from '../support/startProcess.ts';
import { letsAllIn } from '../support/testAccess.ts';

const parts = z.object({
  components: z.array(z.looseObject({ name: z.string(), up: z.boolean(), address: z.string() })),
});

describe('bin/gateway.ts', () => {
  it('listens and reaches inference where HOLDFAST_BIND says, as the CLI does', async () => {
    const host = '127.0.0.2';
    const [http = 0] = await freePorts(1);
    const services = [{ name: 'holdfast.v1.PredictionService', methods: [] }];
    const inference = createGrpcServer({
      descriptors: readDescriptors(),
      services,
      authorizer: letsAllIn,
      logger: collectLogs().logger,
    });
    const port = await inference.listen({ host, port: 0 });
    inference.setServing(true);
    const environment = {
      HOLDFAST_BIND: host,
      HOLDFAST_HTTP_PORT: String(http),
      HOLDFAST_INFERENCE_PORT: String(port),
      HOLDFAST_CONTROL_PORT: '1',
    };
    const gateway = await startProcess('gateway', environment);
    try {
      assert.equal((await fetch(`http://${host}:${http}/health`)).status, 200);
      await assert.rejects(fetch(`http://127.0.0.1:${http}/health`));
      const status = new Started(process.execPath, ['bin/holdfast.ts', 'status', '--json'], {
        env: { ...process.env, ...environment },
      });
      await status.exit;
      const found = parts
        .parse(JSON.parse(status.stdout))
        .components.find(({ name }) => name === 'inference');
      assert.deepEqual([found?.address, found?.up], [`${host}:${port}`, true], status.stderr);
    } finally {
      await gateway.kill('SIGTERM');
      await inference.close();
    }
  });
});
