import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Client, WorkflowFailedError, type WorkflowHandle } from '@temporalio/client';
import { defaultPayloadConverter } from '@temporalio/common';
import { before, describe, it } from 'mocha';
import type { ModelVersion } from '../../db/models/ModelVersion.ts';
import { listVersions } from '../../db/models/listVersions.ts';
import { getRun } from '../../db/runs/getRun.ts';
import type { Run } from '../../db/runs/Run.ts';
import { simulateTelco } from '../../ml/simulation/simulateTelco.ts';
import { telcoCsv } from '../../ml/simulation/telcoCsv.ts';
import { TASK_QUEUE, type TrainCandidateHeartbeat } from '../../platform/workflowContract.ts';
import { saveHistories } from '../support/histories.ts';
import { type StartedProcess, startProcess } from '../support/startProcess.ts';
import { testTemporal } from '../support/testTemporal.ts';
import { waitUntil } from '../support/waitUntil.ts';
import { openTestDatabase } from '../support/withDatabase.ts';
import { withTemporaryFolder } from '../support/withTemporaryFolder.ts';

// Training by the real worker process on a real Temporal server and PostgreSQL: undisturbed, killed in the middle, cancelled.

const rows = 1200;
const seed = 7;

/** How each test's world is made: a home, a database and a table of its own, all the same bytes. */
async function withWorld<T>(work: (world: World) => Promise<T>): Promise<T> {
  const database = await openTestDatabase();
  const workers: StartedProcess[] = [];
  try {
    return await withTemporaryFolder(async home => {
      const data = join(home, 'table.csv');
      await mkdir(home, { recursive: true });
      await writeFile(data, [...telcoCsv(simulateTelco({ rows, seed }))].join(''));
      const startWorker = async (address: string): Promise<StartedProcess> => {
        const worker = await startProcess('worker', {
          HOLDFAST_HOME: home,
          DATABASE_URL: database.url,
          TEMPORAL_ADDRESS: address,
          HOLDFAST_TRAINING_THREADS: '2',
        });
        workers.push(worker);
        return worker;
      };
      try {
        return await work({ database: database.database, data, startWorker });
      } finally {
        await Promise.all(workers.map(worker => worker.kill('SIGKILL')));
      }
    });
  } finally {
    await database.close();
  }
}

interface World {
  readonly database: Parameters<typeof listVersions>[0];
  readonly data: string;
  readonly startWorker: (address: string) => Promise<StartedProcess>;
}

const foldsTrained = (...workers: StartedProcess[]): string[] =>
  workers.flatMap(({ log }) =>
    log
      .filter(line => line.msg === 'fold is trained')
      .map(({ trainer, fold }) => `${String(trainer)}/${String(fold)}`),
  );

/** Folds that the server knows to be done: the heartbeats of the activities under way. */
async function foldsKnown(handle: WorkflowHandle): Promise<string[]> {
  const { raw } = await handle.describe();
  return (raw.pendingActivities ?? []).flatMap(({ heartbeatDetails }) => {
    const [payload] = heartbeatDetails?.payloads ?? [];
    if (payload === undefined) return [];
    const { trainer, folds } = defaultPayloadConverter.fromPayload<TrainCandidateHeartbeat>(payload);
    return Object.keys(folds ?? {}).map(fold => `${trainer}/${fold}`);
  });
}

const digestsOf = (versions: readonly ModelVersion[]): string[] =>
  versions.map(({ trainer, digest }) => `${trainer} ${digest}`).sort();

describe('trainModel by the real worker', () => {
  let client: Client;
  let address: string;
  /** What the others are compared with. */
  let undisturbed: { versions: ModelVersion[]; folds: string[]; run: Run };

  before(async function () {
    const environment = await testTemporal(this);
    client = environment.client;
    address = environment.address;
    undisturbed = await withWorld(async ({ database, data, startWorker }) => {
      const worker = await startWorker(address);
      const handle = await start(data, 'undisturbed');
      await handle.result();
      await saveHistories(client, handle, 'trainModel-first');
      return {
        versions: await listVersions(database, 'churn'),
        folds: foldsTrained(worker),
        run: await getRun(database, 'undisturbed'),
      };
    });
  });

  const start = (data: string, workflowId: string): Promise<WorkflowHandle> =>
    client.workflow.start('trainModel', {
      taskQueue: TASK_QUEUE,
      workflowId,
      args: [{ model: 'churn', data }],
    });

  it('takes a table to five registered versions and one in Production', () => {
    const { versions, folds, run } = undisturbed;
    assert.equal(digestsOf(versions).length, 5);
    assert.equal(versions.filter(({ aliases }) => aliases.includes('production')).length, 1);
    assert.equal(new Set(folds).size, 20);
    assert.equal(run.status, 'succeeded');
    assert.equal(run.dataset?.rows, rows);
  });

  it('goes on after kill -9 without training a finished fold again, to the same digests', () =>
    withWorld(async ({ database, data, startWorker }) => {
      const first = await startWorker(address);
      const handle = await start(data, 'killed');
      let known: string[] = [];
      await waitUntil(
        'three folds are done',
        async () => (known = await foldsKnown(handle)).length >= 3,
        120_000,
      );
      await first.kill('SIGKILL');
      const second = await startWorker(address);
      await handle.result();
      assert.deepEqual(
        foldsTrained(second).filter(fold => known.includes(fold)),
        [],
        `known to be done before the kill: ${known.join(', ')}`,
      );
      assert.equal(new Set(foldsTrained(first, second)).size, 20);
      const versions = await listVersions(database, 'churn');
      assert.deepEqual(digestsOf(versions), digestsOf(undisturbed.versions));
      await saveHistories(client, handle, 'trainModel-worker-killed');
    }));

  it('stops training when it is cancelled, and says so in the registry', () =>
    withWorld(async ({ database, data, startWorker }) => {
      const worker = await startWorker(address);
      const handle = await start(data, 'cancelled');
      await waitUntil('a fold is done', async () => (await foldsKnown(handle)).length >= 1, 120_000);
      await handle.cancel();
      await assert.rejects(handle.result(), WorkflowFailedError);
      const trained = foldsTrained(worker).length;
      assert.ok(trained < 20, `${trained} folds were trained in spite of the cancellation`);
      const run = await getRun(database, 'cancelled');
      assert.equal(run.status, 'cancelled');
      assert.deepEqual(await listVersions(database, 'churn'), []);
      await saveHistories(client, handle, 'trainModel-cancelled');
    }));
});
