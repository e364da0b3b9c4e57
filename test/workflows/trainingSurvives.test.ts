import assert from 'node:assert/strict';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Client, WorkflowFailedError, type WorkflowHandle } from '@temporalio/client';
import { defaultPayloadConverter } from '@temporalio/common';
import { after, before, describe, it } from 'mocha';
import { z } from 'zod';
import type { ModelVersion } from '../../db/models/ModelVersion.ts';
import { findReport } from '../../db/models/findReport.ts';
import type { ModelReport } from '../../db/models/ModelReport.ts';
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

const trialsTrained = (...workers: StartedProcess[]): string[] =>
  workers.flatMap(({ log }) =>
    log
      .filter(line => line.msg === 'trial is trained')
      .map(({ trainer, trial, fold }) => `${String(trainer)}/${String(trial)}/${String(fold)}`),
  );

/** What the server knows to be done: the heartbeats of the activities under way. */
async function knownDone(handle: WorkflowHandle, what: 'folds' | 'trials'): Promise<string[]> {
  const { raw } = await handle.describe();
  return (raw.pendingActivities ?? []).flatMap(({ heartbeatDetails }) => {
    const [payload] = heartbeatDetails?.payloads ?? [];
    if (payload === undefined) return [];
    const { trainer, ...done } = defaultPayloadConverter.fromPayload<TrainCandidateHeartbeat>(payload);
    return Object.keys(done[what] ?? {}).map(name => `${trainer}/${name}`);
  });
}

const foldsKnown = (handle: WorkflowHandle): Promise<string[]> => knownDone(handle, 'folds');

const digestsOf = (versions: readonly ModelVersion[]): string[] =>
  versions.map(({ trainer, digest }) => `${trainer} ${digest}`).sort();

const parametersOf = (versions: readonly ModelVersion[]) =>
  new Map(versions.map(({ trainer, parameters }) => [trainer, parameters]));

describe('trainModel by the real worker', () => {
  let client: Client;
  let address: string;
  /** What the others are compared with. */
  let undisturbed: { versions: ModelVersion[]; reports: (ModelReport | null)[]; folds: string[]; run: Run };

  before(async function () {
    const environment = await testTemporal(this);
    client = environment.client;
    address = environment.address;
    undisturbed = await withWorld(async ({ database, data, startWorker }) => {
      const worker = await startWorker(address);
      const handle = await start(data, 'undisturbed');
      await handle.result();
      // Made after the run, which did not wait for them.
      const { runId } = await handle.describe();
      const reporting = client.workflow.getHandle(`report-${runId}`);
      await reporting.result();
      await saveHistories(client, reporting, 'reportVersions');
      await saveHistories(client, handle, 'trainModel-first');
      return {
        versions: await listVersions(database, 'churn'),
        reports: await Promise.all([1, 2, 3, 4, 5].map(version => findReport(database, 'churn', version))),
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
    const { versions, reports, folds, run } = undisturbed;
    assert.equal(new Set(reports.map(report => report?.html)).size, 5);
    assert.ok(!reports.includes(null), 'every version has its report');
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

describe('trainModel with a search, by the real worker', () => {
  // Nobody else's: the name is this test's, which may have been killed before it could clean up.
  const model = 'searched';
  const project = join('projects', `${model}.ts`);
  let client: Client;
  let address: string;
  let undisturbed: { versions: ModelVersion[]; trials: string[] };

  before(async function () {
    ({ client, address } = await testTemporal(this));
    await writeFile(
      project,
      `import churn from './churn.ts';

export default {
  ...churn,
  name: '${model}',
  trainers: ['logisticRegression', 'gradientBoosting', 'blend'],
  split: { ...churn.split, folds: 3 },
  search: { budgetSeconds: 2 },
};
`,
    );
    undisturbed = await withWorld(async ({ database, data, startWorker }) => {
      const worker = await startWorker(address);
      await (await start(data, 'search-undisturbed')).result();
      return { versions: await listVersions(database, model), trials: trialsTrained(worker) };
    });
  });
  after(() => rm(project, { force: true }));

  const start = (data: string, workflowId: string): Promise<WorkflowHandle> =>
    client.workflow.start('trainModel', { taskQueue: TASK_QUEUE, workflowId, args: [{ model, data }] });
  const searched = z.object({
    search: z.object({
      budgetSeconds: z.literal(2),
      folds: z.literal(3),
      endedBy: z.literal('plan'),
      chosen: z.number(),
      trials: z.array(z.object({ changes: z.record(z.string(), z.unknown()), logLoss: z.array(z.number()) })),
    }),
  });

  it('registers with each version what was tried for it', () => {
    const { versions, trials } = undisturbed;
    assert.equal(versions.length, 3);
    const ofTrainers = versions.filter(({ trainer }) => trainer !== 'blend');
    let tried = 0;
    for (const { parameters } of ofTrainers) {
      const { search } = searched.parse(parameters);
      const counts = search.trials.map(({ logLoss }) => logLoss.length);
      assert.deepEqual(new Set(counts), new Set([1, 3]), 'the losers of the first fold were dropped');
      assert.deepEqual([counts[0], counts[search.chosen]], [3, 3]);
      tried += counts.reduce((sum, count) => sum + count, 0);
      const { changes } = search.trials[search.chosen];
      const { parameters: inner, ...outer } = z
        .object({ parameters: z.record(z.string(), z.unknown()) })
        .loose()
        .parse(parameters);
      for (const [name, value] of Object.entries(changes))
        assert.deepEqual({ ...outer, ...inner }[name], value);
    }
    assert.equal(new Set(trials).size, tried);
    assert.equal(trials.length, tried);
  });

  it('goes on after kill -9 in the middle of it with the same trials, to the same recipes and digests', () =>
    withWorld(async ({ database, data, startWorker }) => {
      const first = await startWorker(address);
      const handle = await start(data, 'search-killed');
      let known: string[] = [];
      await waitUntil(
        'six trials are done',
        async () => (known = await knownDone(handle, 'trials')).length >= 6,
        120_000,
      );
      await first.kill('SIGKILL');
      const second = await startWorker(address);
      await handle.result();
      assert.deepEqual(
        trialsTrained(second).filter(trial => known.includes(trial)),
        [],
        `known to be done before the kill: ${known.join(', ')}`,
      );
      assert.ok(trialsTrained(second).length > 0, 'the kill came in the middle of the search');
      assert.deepEqual(new Set(trialsTrained(first, second)), new Set(undisturbed.trials));
      const versions = await listVersions(database, model);
      assert.deepEqual(digestsOf(versions), digestsOf(undisturbed.versions));
      assert.deepEqual(parametersOf(versions), parametersOf(undisturbed.versions));
    }));
});
