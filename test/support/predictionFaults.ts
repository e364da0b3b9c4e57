import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { Metadata } from '@grpc/grpc-js';
import { startExperiment } from '../../db/experiments/startExperiment.ts';
import { createGrpcClient, type GrpcClient } from '../../platform/grpc/createGrpcClient.ts';
import { PredictionServiceService } from '../../proto/gen/holdfast/v1/prediction.ts';
import { withCuttableProxy } from './cuttableProxy.ts';
import { freePorts } from './freePorts.ts';
import { goodInstance, smallModel } from './smallModel.ts';
import { startProcess } from './startProcess.ts';
import { TEST_KEY } from './testAccess.ts';
import { waitUntil } from './waitUntil.ts';
import { type InferenceWorld, withInference } from './withInference.ts';

// What must hold of predictions and exposures when PostgreSQL goes away and when inference is killed, in a length that the
// caller chooses.

type Client = GrpcClient<typeof PredictionServiceService>;

const UNITS = 300;
const MOST_UNDER_WAY = 200;

async function beginExperiment(world: InferenceWorld): Promise<void> {
  await world.register(smallModel(), smallModel({ shift: 1 }));
  await world.promote(1);
  await startExperiment(world.database, {
    model: 'churn',
    name: 'ab',
    salt: 's',
    arms: [
      { name: 'A', version: null, alias: 'production', shadow: false },
      { name: 'B', version: 2, alias: null, shadow: false },
    ],
    weights: [
      { arm: 'A', weight: 5000 },
      { arm: 'B', weight: 5000 },
    ],
    actor: 'test',
    reason: '',
  });
}

/** One prediction for the n-th call's unit; its id and unit go to `answered`. */
async function ask(client: Client, n: number, answered: Map<string, string>): Promise<void> {
  const unit = `unit-${n % UNITS}`;
  const metadata = new Metadata();
  metadata.set('x-unit-id', unit);
  const { predictionId, arm } = await client.predict(
    { model: '', version: '', instances: [goodInstance] },
    { metadata },
  );
  answered.set(predictionId, `${unit} ${arm}`);
}

/** Everything that was answered is there, once; each unit has one exposure, to the arm that answered it. */
async function assertAllThere(
  { database }: InferenceWorld,
  answered: ReadonlyMap<string, string>,
): Promise<void> {
  const queried = <Row extends object>(query: string) =>
    database.read(manager => manager.execute<Row[]>(query));
  const rows = await queried<{ id: string; unit_key: string; arm: string }>(
    'select id, unit_key, arm from prediction',
  );
  const ids = new Set(rows.map(({ id }) => id));
  assert.equal(ids.size, rows.length, 'a prediction is doubled');
  const lost = [...answered.keys()].filter(id => !ids.has(id));
  assert.deepEqual(lost, [], `${lost.length} of ${answered.size} answered predictions are lost`);
  for (const { id, unit_key: unit, arm } of rows)
    assert.ok(!answered.has(id) || answered.get(id) === `${unit} ${arm}`);
  const exposures = await queried<{ unit_key: string; arm: string }>('select unit_key, arm from exposure');
  const exposed = exposures.map(({ unit_key: unit, arm }) => `${unit} ${arm}`);
  assert.equal(new Set(exposures.map(row => row.unit_key)).size, exposures.length, 'an exposure is doubled');
  const answers = new Set(answered.values());
  assert.deepEqual(
    [...answers].filter(each => !exposed.includes(each)),
    [],
    'an exposure is lost',
  );
}

/**
 * PostgreSQL is away in the middle of a steady rate of predictions.
 * @returns how long the spool took to drain once it was back
 */
export const postgresAway = (options: {
  perSecond: number;
  awayMs: number;
}): Promise<{ drainMs: number; answered: number }> =>
  withInference(async world => {
    await beginExperiment(world);
    return withCuttableProxy(world.databaseUrl, async proxy => {
      const { client, inference } = await world.start({ connectionString: proxy.url });
      await waitUntil('the experiment has begun', () => inference.store.experiment('churn') !== undefined);
      const answered = new Map<string, string>();
      const asked: Promise<void>[] = [];
      const begun = performance.now();
      const quietMs = Math.min(1000, options.awayMs / 4);
      const run = async (forMs: number): Promise<void> => {
        const until = performance.now() + forMs;
        while (performance.now() < until) {
          const due = Math.floor(((performance.now() - begun) * options.perSecond) / 1000);
          // On a machine that cannot keep the rate, callers wait for one another as they would anywhere.
          while (asked.length < due && asked.length - answered.size < MOST_UNDER_WAY)
            asked.push(ask(client, asked.length, answered));
          await sleep(5);
        }
      };
      await run(quietMs);
      await proxy.cut();
      await run(options.awayMs);
      await proxy.restore();
      const back = performance.now();
      await run(quietMs);
      // Every one is answered: a refused call fails here.
      await Promise.all(asked);
      await waitUntil('the spool is drained', () => inference.log.pendingBytes() === 0, 30_000);
      const drainMs = performance.now() - back;
      assert.equal(answered.size, asked.length);
      assert.equal(inference.log.unkept(), 0);
      await assertAllThere(world, answered);
      return { drainMs, answered: answered.size };
    });
  });

/** Inference is killed (-9) under load while PostgreSQL is away, by the policy `always`; what it answered is there afterwards. */
export const inferenceKilled = (afterMs: readonly number[]): Promise<number> =>
  withInference(async world => {
    await beginExperiment(world);
    const answered = new Map<string, string>();
    for (const killMs of afterMs)
      await withCuttableProxy(world.databaseUrl, async proxy => {
        const [port] = await freePorts(1);
        const process = await startProcess('inference', {
          HOLDFAST_HOME: world.home,
          HOLDFAST_INFERENCE_PORT: String(port),
          HOLDFAST_SPOOL_FSYNC: 'always',
          DATABASE_URL: proxy.url,
        });
        const client = createGrpcClient(PredictionServiceService, {
          address: `127.0.0.1:${port}`,
          peer: 'inference',
          secret: TEST_KEY,
        });
        await proxy.cut();
        const stopping = new AbortController();
        const callers = Array.from({ length: 16 }, async (_, caller) => {
          // A call that dies with the process was never acknowledged.
          for (let n = caller; !stopping.signal.aborted; n += 16)
            await ask(client, n, answered).catch(() => sleep(5));
        });
        await waitUntil('calls are answered', () => answered.size > 0);
        await sleep(killMs);
        await process.kill('SIGKILL');
        stopping.abort();
        await Promise.all(callers);
        client.close();
      });
    const survivor = await world.start();
    await waitUntil('the orphans are shipped', async () => {
      const [{ count }] = await world.database.read(manager =>
        manager.execute<{ count: number }[]>('select count(*)::integer as count from prediction'),
      );
      return count >= answered.size && survivor.inference.log.pendingBytes() === 0;
    });
    await assertAllThere(world, answered);
    return answered.size;
  });
