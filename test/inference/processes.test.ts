import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { describe, it } from 'mocha';
import { listLoaded } from '../../db/processes/listLoaded.ts';
import { createGrpcClient, type GrpcClient } from '../../platform/grpc/createGrpcClient.ts';
import { PredictionServiceService } from '../../proto/gen/holdfast/v1/prediction.ts';
import { GRPCInferenceServiceService } from '../../proto/gen/inference/grpc_service.ts';
import { freePorts } from '../support/freePorts.ts';
import { goodInstance, smallModel } from '../support/smallModel.ts';
import { readMetrics } from '../support/readMetrics.ts';
import { startProcess } from '../support/startProcess.ts';
import { expectError } from '../support/expectError.ts';
import { TEST_KEY } from '../support/testAccess.ts';
import { waitUntil } from '../support/waitUntil.ts';
import { type InferenceWorld, withInference } from '../support/withInference.ts';

// bin/inference.ts as several processes on one port: the real ones, over a real registry.

// Both over one connection, and so of one process.
const service = {
  predict: PredictionServiceService.predict,
  modelStatistics: GRPCInferenceServiceService.modelStatistics,
};
type Client = GrpcClient<typeof service>;

interface Processes {
  readonly world: InferenceWorld;
  readonly connect: () => Client;
  readonly port: number;
  readonly metricsPort: number;
  readonly send: (signal: 'SIGHUP') => void;
}

async function withProcesses(test: (processes: Processes) => Promise<void>): Promise<void> {
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
      const client = createGrpcClient(service, {
        address: `127.0.0.1:${port}`,
        peer: 'the inference server',
        secret: TEST_KEY,
        ownConnection: true,
      });
      clients.push(client);
      return client;
    };
    try {
      await test({ world, connect, port, metricsPort: started.metricsPort, send: started.send });
    } finally {
      for (const client of clients) client.close();
      await started.kill('SIGTERM');
    }
  });
}

const request = { model: 'churn', version: '', instances: [goodInstance] };
const pidsOf = async ({ database }: InferenceWorld): Promise<number[]> =>
  (await listLoaded(database, 'churn')).map(({ processId }) => Number(processId.split('-').at(-2)));

/** The processes that serve version 1, once there are two of them and none that is not to be there. */
async function settled(world: InferenceWorld, gone: readonly number[] = []): Promise<number[]> {
  let pids: number[] = [];
  await waitUntil(
    `two processes, and not ${gone.join(' or ')}`,
    async () => {
      // One that was killed could not say so: it counts as live until its last report is old.
      pids = (await pidsOf(world)).filter(isAlive);
      return pids.length === 2 && !pids.some(pid => gone.includes(pid));
    },
    60_000,
  );
  return pids;
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

interface Caller {
  calls: number;
  readonly failures: unknown[];
  readonly stop: () => Promise<void>;
}

/** Calls over and over until it is told to stop. */
function callOn(client: Client): Caller {
  const stopping = new AbortController();
  const failures: unknown[] = [];
  const call = async (): Promise<void> => {
    while (!stopping.signal.aborted)
      await client.predict(request).then(
        () => caller.calls++,
        (error: unknown) => failures.push(error),
      );
  };
  const caller: Caller = {
    calls: 0,
    failures,
    stop: () => {
      stopping.abort();
      return calling;
    },
  };
  const calling = call();
  return caller;
}

/** Until each was answered twenty times more. */
async function callFurther(callers: readonly Caller[]): Promise<void> {
  const from = callers.map(({ calls }) => calls);
  await waitUntil('twenty calls of each', () =>
    callers.every(({ calls }, index) => calls > from[index] + 20),
  );
}

const predicted = async (client: Client): Promise<number> =>
  Number((await client.modelStatistics({ name: 'churn', version: '' })).modelStats[0].inferenceCount);

/** Connections to the one process and to the other, as chance has it: each counts the calls that it answered. */
async function toBoth(connect: () => Client): Promise<[Client[], Client[]]> {
  const first = connect();
  await first.predict(request);
  const same = [first];
  const other: Client[] = [];
  while (same.length < 2 || other.length < 2) {
    const next = connect();
    ((await predicted(next)) === 0 ? other : same).push(next);
  }
  return [same, other];
}

describe('bin/inference.ts in several processes', () => {
  it('replaces one that was killed, while those of the other are answered without a failure', () =>
    withProcesses(async ({ world, connect }) => {
      const before = await settled(world);
      const groups = (await toBoth(connect)).map(clients => clients.map(callOn));
      const callers = groups.flat();
      await callFurther(callers);
      const [killed, spared] = before;
      process.kill(killed, 'SIGKILL');
      const after = await settled(world, [killed]);
      assert.ok(after.includes(spared), `${spared} is not among ${String(after)}`);
      await callFurther(callers);
      await Promise.all(callers.map(({ stop }) => stop()));
      const failures = groups.map(group => group.flatMap(caller => caller.failures));
      const [none, some] = failures.toSorted((one, two) => one.length - two.length);
      assert.deepEqual(none, []);
      assert.ok(some.length > 0, 'the call that was under way in the killed process');
      for (const failure of some) assert.ok(expectError('unavailable', /./)(failure));
    }));

  it('replaces all of them on SIGHUP, one after the other, without a failed call', () =>
    withProcesses(async ({ world, connect, send }) => {
      const before = await settled(world);
      const callers = (await toBoth(connect)).flat().map(callOn);
      await callFurther(callers);
      send('SIGHUP');
      await settled(world, before);
      await callFurther(callers);
      await Promise.all(callers.map(({ stop }) => stop()));
      assert.deepEqual(
        callers.flatMap(({ failures }) => failures),
        [],
      );
    }));

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
      assert.equal(
        page.get('holdfast_model_file_bytes{model="churn",version="1"}'),
        smallModel().bytes.byteLength,
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
