import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { networkInterfaces } from 'node:os';
import { createConnection } from 'node:net';
import { text } from 'node:stream/consumers';
import { describe, it } from 'mocha';
import { createGrpcClient } from '../../platform/grpc/createGrpcClient.ts';
import { ModelServiceService } from '../../proto/gen/holdfast/v1/model.ts';
import { expectError } from '../support/expectError.ts';
import { firstPage } from '../support/firstPage.ts';
import { freePorts } from '../support/freePorts.ts';
import { readMetrics } from '../support/readMetrics.ts';
import { TEST_KEY } from '../support/testAccess.ts';
import { waitUntil } from '../support/waitUntil.ts';
import { withDatabase } from '../support/withDatabase.ts';

const start = (url: string, port: number, metrics: number) => {
  const child = spawn(process.execPath, ['bin/control.ts'], {
    env: {
      PATH: process.env.PATH,
      NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE,
      DATABASE_URL: url,
      TEMPORAL_ADDRESS: '127.0.0.1:1',
      HOLDFAST_CONTROL_PORT: String(port),
      HOLDFAST_METRICS_PORT: String(metrics),
      HOLDFAST_BIND: '0.0.0.0',
    },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const exited = once(child, 'exit');
  return { child, exited, log: text(child.stderr) };
};

const answers = (host: string, port: number): Promise<boolean> =>
  new Promise(resolve => {
    const socket = createConnection({ host, port });
    const end = (open: boolean): void => {
      socket.destroy();
      resolve(open);
    };
    socket.once('connect', () => end(true)).once('error', () => end(false));
  });

describe('bin/control.ts', () => {
  it('serves where HOLDFAST_BIND says, whoever says who it is, drains on SIGTERM, and refuses a taken port', async () => {
    await withDatabase(async (_database, { url }) => {
      const [port, metrics, otherMetrics] = await freePorts(3);
      const { child, exited, log } = start(url, port, metrics);
      try {
        await waitUntil('control serves', () => answers('127.0.0.1', port));
        const models = createGrpcClient(ModelServiceService, {
          address: `127.0.0.1:${port}`,
          peer: 'control',
          secret: TEST_KEY,
        });
        assert.deepEqual(await models.listModels(firstPage), { models: [], nextPageToken: '' });
        models.close();
        const stranger = createGrpcClient(ModelServiceService, {
          address: `127.0.0.1:${port}`,
          peer: 'control',
        });
        await assert.rejects(
          stranger.listModels(firstPage),
          expectError('unauthenticated', /has to know who calls/),
        );
        stranger.close();
        const page = readMetrics(await (await fetch(`http://127.0.0.1:${metrics}/metrics`)).text());
        const called = 'grpc_service="holdfast.v1.ModelService",grpc_method="ListModels",grpc_code="OK"';
        assert.equal(page.get(`grpc_server_handling_seconds_count{grpc_type="unary",${called}}`), 1);
        assert.ok((page.get('process_start_time_seconds') ?? 0) > 0);
        const others = Object.values(networkInterfaces())
          .flatMap(addresses => addresses ?? [])
          .filter(({ internal, family }) => !internal && family === 'IPv4');
        for (const { address } of others) assert.equal(await answers(address, port), true, address);
        const second = start(url, port, otherMetrics);
        assert.equal((await second.exited)[0], 1);
        assert.match(await second.log, new RegExp(`${port}.*HOLDFAST_CONTROL_PORT`));
      } finally {
        child.kill('SIGTERM');
      }
      assert.deepEqual(await exited, [0, null]);
      assert.match(await log, /process has drained/);
    });
  });
});
