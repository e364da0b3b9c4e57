import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { describe, it } from 'mocha';
import { listLoaded } from '../../db/processes/listLoaded.ts';
import { createGrpcClient, type GrpcClient } from '../../platform/grpc/createGrpcClient.ts';
import { PredictionServiceService } from '../../proto/gen/holdfast/v1/prediction.ts';
import { freePorts } from '../support/freePorts.ts';
import { goodInstance, smallModel } from '../support/smallModel.ts';
import { readMetrics } from '../support/readMetrics.ts';
import { startProcess } from '../support/startProcess.ts';
import { waitUntil } from '../support/waitUntil.ts';
import { type InferenceWorld, withInference } from '../support/withInference.ts';

// bin/inference.ts as several processes on one port: the real ones, over a real registry.

type Client = GrpcClient<typeof PredictionServiceService>;

async function withProcesses(
  test: (system: { world: InferenceWorld; connect: () => Client; metricsPort: number }) => Promise<void>,
): Promise<void> {
  await withInference(async world => {
    await world.register(smallModel(), smallModel({ shift: 1 }));
    await world.promote(1);
    const [port] = await freePorts(1);
    const started = await startProcess('inference', {
      HOLDFAST_HOME: world.home,
      HOLDFAST_INFERENCE_PORT: String(port),
      DATABASE_URL: world.databaseUrl,
      INFERENCE_PROCESSES: '2',
    });
    const clients: Client[] = [];
    const connect = (): Client => {
      // A pool of its own each, for channels to one address share a connection otherwise.
      const client = createGrpcClient(PredictionServiceService, {
        address: `127.0.0.1:${port}`,
        peer: 'the inference server',
        ownConnection: true,
      });
      clients.push(client);
      return client;
    };
    try {
      await test({ world, connect, metricsPort: started.metricsPort });
    } finally {
      for (const client of clients) client.close();
      await started.kill('SIGTERM');
    }
  });
}

const request = { model: 'churn', version: '', instances: [goodInstance] };
const pidsOf = async ({ database }: InferenceWorld): Promise<number[]> =>
  (await listLoaded(database, 'churn')).map(({ processId }) => Number(processId.split('-').at(-2)));

describe('bin/inference.ts in several processes', () => {
  it('shows the figures of all of them, added up, on one page', () =>
    withProcesses(async ({ world, connect, metricsPort }) => {
      await waitUntil('both reports', async () => (await listLoaded(world.database, 'churn')).length === 2);
      const clients = Array.from({ length: 8 }, connect);
      for (const client of clients) await client.predict(request);
      const response = await fetch(`http://127.0.0.1:${metricsPort}/metrics`);
      assert.equal(response.headers.get('content-type'), 'text/plain; version=0.0.4; charset=utf-8');
      const page = readMetrics(await response.text());
      assert.equal(page.get('prediction_requests_total{model="churn"}'), 8);
      assert.equal(page.get('prediction_latency_seconds_count{model="churn",version="1"}'), 8);
      assert.equal(page.get('nv_inference_count{model="churn",version="1"}'), 8);
      const held = [...page].filter(([name]) => name.startsWith('holdfast_model_version_info{'));
      assert.deepEqual(
        held.map(([, value]) => value),
        [2],
      );
      assert.ok([...page].some(([name, value]) => name.startsWith('holdfast_build_info{') && value === 1));
      assert.equal((await fetch(`http://127.0.0.1:${metricsPort}/`)).status, 404);
    }));

  it('shares the port, each process reporting itself, and a promotion reaches all of them', () =>
    withProcesses(async ({ world, connect }) => {
      await waitUntil('both reports', async () => (await listLoaded(world.database, 'churn')).length === 2);
      assert.equal(new Set(await pidsOf(world)).size, 2);
      const clients = Array.from({ length: 8 }, connect);
      await world.promote(2);
      await waitUntil('version 2 in both', async () =>
        (await listLoaded(world.database, 'churn')).every(({ loaded }) => loaded?.version === 2),
      );
      const answers = await Promise.all(clients.map(client => client.predict(request)));
      assert.deepEqual(new Set(answers.map(({ modelVersion }) => modelVersion)), new Set([2]));
    }));

  it('says why it does not start, and leaves nothing running', () =>
    withInference(async world => {
      const served = await world.start();
      const child: ChildProcess = spawn(process.execPath, ['bin/inference.ts'], {
        env: {
          ...process.env,
          HOLDFAST_HOME: world.home,
          HOLDFAST_INFERENCE_PORT: String(served.inference.port),
          HOLDFAST_METRICS_PORT: String((await freePorts(1))[0]),
          DATABASE_URL: world.databaseUrl,
          INFERENCE_PROCESSES: '2',
        },
        stdio: ['ignore', 'ignore', 'pipe'],
      });
      let text = '';
      child.stderr?.on('data', (chunk: Buffer) => (text += chunk.toString()));
      const [code] = await once(child, 'exit');
      assert.equal(code, 1);
      assert.match(text, /Port \d+ of 127\.0\.0\.1 is taken by another process/);
    }));
});
