import assert from 'node:assert/strict';
import { join } from 'node:path';
import { MockActivityEnvironment } from '@temporalio/testing';
import { DefaultLogger } from '@temporalio/worker';
import { before, describe, it } from 'mocha';
import { createMirrorRun } from '../../activities/tracking/createMirrorRun.ts';
import { createMlflowClient } from '../../activities/tracking/createMlflowClient.ts';
import { moveAlias } from '../../db/aliases/moveAlias.ts';
import type { Database } from '../../db/Database.ts';
import { recordDatasetVersion } from '../../db/datasets/recordDatasetVersion.ts';
import { recordReport } from '../../db/models/recordReport.ts';
import { registerVersions } from '../../db/models/registerVersions.ts';
import { attachDataset } from '../../db/runs/attachDataset.ts';
import { finishRun } from '../../db/runs/finishRun.ts';
import { startRun } from '../../db/runs/startRun.ts';
import type { ArtifactStore } from '../../platform/ArtifactStore.ts';
import { createLocalArtifactStore } from '../../platform/createLocalArtifactStore.ts';
import { expectError } from '../support/expectError.ts';
import { collectLogs } from '../support/collectLogs.ts';
import { type Behaviour, withFaultyProxy } from '../support/faultyProxy.ts';
import { sampleCandidate, sampleDataset, sampleRun } from '../support/registrySamples.ts';
import { sha256 } from '../../platform/sha256.ts';
import { smallModel } from '../support/smallModel.ts';
import { type ReadRun, readMlflow, testMlflow } from '../support/testMlflow.ts';
import { withDatabase } from '../support/withDatabase.ts';
import { withTemporaryFolder } from '../support/withTemporaryFolder.ts';

// What MLflow shows of a run, on a real MLflow server and read back by its own Python client; and what becomes of it where the
// way to MLflow fails at every possible point.

interface World {
  readonly database: Database;
  readonly artifacts: ArtifactStore;
  /** One attempt at showing the run in the MLflow at this address. */
  readonly mirror: (url: string, runId: string, timeoutMs?: number) => Promise<void>;
}

const secret = 'Bearer secret-token';

const withWorld = <T>(experiment: string | null, test: (world: World) => Promise<T>): Promise<T> =>
  withDatabase(database =>
    withTemporaryFolder(home => {
      const artifacts = createLocalArtifactStore(join(home, 'artifacts'));
      const { logger } = collectLogs();
      const mirror = (url: string, runId: string, timeoutMs?: number): Promise<void> => {
        const mlflow = createMlflowClient({ url, authorization: secret, timeoutMs });
        const activity = new MockActivityEnvironment({}, { logger: new DefaultLogger('ERROR') });
        return activity.run(createMirrorRun({ database, artifacts, logger, mlflow, experiment }), { runId });
      };
      return test({ database, artifacts, mirror });
    }),
  );

const schema = {
  columns: [
    { name: 'tenure', kind: 'number', missing: 'reject' },
    { name: 'contract', kind: 'category', missing: 'impute' },
  ],
};
const models = [smallModel(), smallModel({ shift: 1 })];

/** A run that registered two versions, the first in Production. */
async function recordTraining({ database, artifacts }: World, id: string): Promise<void> {
  const definition = { name: 'churn', seed: 1, split: { folds: 5 }, trainers: ['a', 'b'], columns: {} };
  const dataset = await recordDatasetVersion(database, sampleDataset({ schema }));
  await startRun(database, sampleRun({ id, definition }));
  await attachDataset(database, id, dataset.id);
  await registerVersions(
    database,
    id,
    models.map(({ digest }, index) =>
      sampleCandidate(`trainer${index + 1}`, {
        digest,
        parameters: { parameters: { l2: 0.5, depth: null } },
      }),
    ),
  );
  for (const { bytes } of models) await artifacts.put(bytes);
  await promote(database, 1);
  const result = { championVersion: 1, promotedTo: 'production', gate: [] } as const;
  await finishRun(database, { id, status: 'succeeded', stage: 'version 1 is in production', result });
}

const promote = (database: Database, version: number) =>
  moveAlias(database, {
    model: 'churn',
    alias: 'production',
    version,
    actor: 'test',
    reason: '',
    operationId: `promotion of ${version}`,
  });

const once = (metrics: object): object =>
  Object.fromEntries(Object.entries(metrics).map(([name, value]) => [name, [value]]));

describe('mirrorRun', () => {
  let mlflow: string;
  before(async function () {
    mlflow = await testMlflow(this);
  });

  it('shows a run and its versions once, though every kind of answer of MLflow was lost on the way', async function () {
    const runs = await withWorld(null, async world => {
      await recordTraining(world, 'run-lost');
      await withFaultyProxy(mlflow, async proxy => {
        const lost = new Set<string>();
        proxy.behave = path => {
          const [endpoint] = path.split('?');
          // Of what makes a run every answer is lost: the next attempt must find it.
          if (lost.has(endpoint) && !endpoint.endsWith('/runs/create')) return 'forward';
          lost.add(endpoint);
          return 'loseAnswer';
        };
        let failures = 0;
        const fails = expectError('unavailable', /^MLflow at http.* cannot be reached: /);
        const tryOnce = (): Promise<boolean> =>
          world.mirror(proxy.url, 'run-lost').then(
            () => true,
            (error: unknown) => !fails(error),
          );
        while (!(await tryOnce())) failures++;
        assert.equal(failures, lost.size + 2, 'one for every question, and for making each of three runs');
        assert.ok(lost.size >= 9, [...lost].join(', '));
        assert.ok(proxy.requests.every(({ authorization }) => authorization === secret));
      });
      return readMlflow(this, mlflow, 'holdfast/churn');
    });
    assert.equal(runs.length, 3);
    const [parent] = runs.filter(({ tags }) => tags['mlflow.parentRunId'] === undefined);
    const versions = runs
      .filter(run => run !== parent)
      .sort((one, other) => one.name.localeCompare(other.name));
    const sample = sampleCandidate('');
    const data = sampleDataset();
    assert.equal(parent.name, 'train-churn');
    assert.deepEqual(parent.params, {
      name: 'churn',
      seed: '1',
      'split.folds': '5',
      trainers: '["a","b"]',
    });
    assert.deepEqual(
      pick(parent.tags, 'workflow_id', 'champion_version', 'promoted_to', 'definition_digest'),
      ['train-churn', '1', 'production', sampleRun().definitionDigest],
    );
    versions.forEach((version, index) => {
      assert.equal(version.tags['mlflow.parentRunId'], parent.id);
      assert.equal(version.name, `churn version ${index + 1} (trainer${index + 1})`);
      assert.deepEqual(version.params, {
        'parameters.l2': '0.5',
        'parameters.depth': 'null',
        trainer: `trainer${index + 1}`,
        seed: '1',
      });
      assert.deepEqual(version.metrics, {
        ...once(prefixed('holdout/', sample.metrics)),
        'cross_validation/logLoss_mean': [0.415],
        'cross_validation/logLoss_sd': [0.01],
        'cross_validation/rocAuc_mean': [0.846],
        'cross_validation/rocAuc_sd': [0.012],
        threshold: [0.5],
        training_seconds: [1.5],
      });
      const { digest } = models[index];
      assert.deepEqual(
        pick(version.tags, 'version', 'digest', 'dataset_digest', 'definition_digest', 'run_id', 'aliases'),
        [
          String(index + 1),
          digest,
          data.digest,
          sampleRun().definitionDigest,
          'run-lost',
          index === 0 ? 'production' : 'none',
        ],
      );
      assert.deepEqual(version.artifacts, { 'model.onnx': digest });
    });
    for (const run of runs) {
      assert.equal(run.status, 'FINISHED', run.name);
      assert.ok(run.end !== null && run.end >= run.start, run.name);
      assert.deepEqual(run.datasets, [
        {
          digest: data.digest.slice(0, 36),
          source: { uri: 'telco.csv' },
          columns: ['tenure', 'contract'],
          context: 'training',
        },
      ]);
    }
  });

  it('brings the report of a version as soon as there is one', async function () {
    const report = { html: Buffer.from('<!doctype html><title>version 2</title>'), json: Buffer.from('{}') };
    const runs = await withWorld('reported', async world => {
      await recordTraining(world, 'run-reported');
      await world.mirror(mlflow, 'run-reported');
      const html = await world.artifacts.put(report.html);
      const json = await world.artifacts.put(report.json);
      await recordReport(world.database, { model: 'churn', version: 2, format: 1, html, json });
      await world.mirror(mlflow, 'run-reported');
      return readMlflow(this, mlflow, 'reported');
    });
    const artifactsOf = (version: string) =>
      runs.find(({ tags }) => tags['holdfast.version'] === version)?.artifacts;
    assert.deepEqual(artifactsOf('1'), { 'model.onnx': models[0].digest });
    assert.deepEqual(artifactsOf('2'), {
      'model.onnx': models[1].digest,
      'report.html': sha256(report.html),
      'report.json': sha256(report.json),
    });
  });

  it('shows how runs ended, what goes on and where an alias went since, in the experiment that was asked for', async function () {
    const experiment = 'all of ours';
    const runs = await withWorld(experiment, async world => {
      const { database, mirror } = world;
      for (const id of ['run-failed', 'run-cancelled', 'run-going-on'])
        await startRun(database, sampleRun({ id, workflowId: id }));
      await mirror(mlflow, 'run-failed');
      await finishRun(database, { id: 'run-failed', status: 'failed', error: 'column tenure is missing' });
      await finishRun(database, { id: 'run-cancelled', status: 'cancelled', error: 'cancelled on request' });
      for (const id of ['run-failed', 'run-cancelled', 'run-going-on']) await mirror(mlflow, id);
      await recordTraining(world, 'run-promoted');
      await mirror(mlflow, 'run-promoted');
      await promote(database, 2);
      await withFaultyProxy(mlflow, async proxy => {
        await mirror(proxy.url, 'run-promoted');
        assert.ok(!proxy.requests.some(({ path }) => path.endsWith('model.onnx')), 'it was there already');
      });
      return readMlflow(this, mlflow, experiment);
    });
    const stateOf = (id: string): (string | null | undefined)[] => {
      const found = runs.filter(({ tags }) => tags['holdfast.key'] === id);
      assert.equal(found.length, 1, id);
      return [found[0].status, found[0].tags['holdfast.error'], found[0].end === null ? null : 'ended'];
    };
    assert.deepEqual(stateOf('run-failed'), ['FAILED', 'column tenure is missing', 'ended']);
    assert.deepEqual(stateOf('run-cancelled'), ['KILLED', 'cancelled on request', 'ended']);
    assert.deepEqual(stateOf('run-going-on'), ['RUNNING', undefined, null]);
    const aliasOf = (version: number): string | undefined =>
      runs.find(({ tags }) => tags['holdfast.key'] === `run-promoted/${version}`)?.tags['holdfast.aliases'];
    assert.deepEqual([aliasOf(1), aliasOf(2)], ['none', 'production']);
  });

  it('leaves alone what somebody deleted in MLflow, and says what to do about a deleted experiment', () =>
    withWorld('to be deleted', async ({ database, mirror }) => {
      await startRun(database, sampleRun());
      await mirror(mlflow, 'run-1');
      const ask = async (path: string, body: object): Promise<string> => {
        const request = {
          method: 'POST',
          body: JSON.stringify(body),
          headers: { 'content-type': 'application/json' },
        };
        return (await fetch(`${mlflow}/api/2.0/mlflow/${path}`, request)).text();
      };
      const query = `experiment_name=${encodeURIComponent('to be deleted')}`;
      const found = await (await fetch(`${mlflow}/api/2.0/mlflow/experiments/get-by-name?${query}`)).text();
      const experimentId = /"experiment_id": "(\d+)"/.exec(found)?.[1];
      const search = { experiment_ids: [experimentId], run_view_type: 'ALL' };
      const runId = /"run_id": "(\w+)"/.exec(await ask('runs/search', search))?.[1];
      await ask('runs/delete', { run_id: runId });
      await mirror(mlflow, 'run-1');
      const after = await ask('runs/search', search);
      assert.deepEqual(
        [...after.matchAll(/"lifecycle_stage": "(\w+)"/g)].map(([, stage]) => stage),
        ['deleted'],
      );
      await ask('experiments/delete', { experiment_id: experimentId });
      await assert.rejects(
        mirror(mlflow, 'run-1'),
        expectError(
          'failedPrecondition',
          /"to be deleted" .* is deleted\. Restore it .*MLFLOW_EXPERIMENT_NAME/,
        ),
      );
    }));

  for (const [what, behaviour, said] of [
    ['hangs', 'hang', /cannot be reached: no answer within 0\.5 s/],
    [
      'wants other credentials',
      { status: 401, body: 'no' },
      /does not let us in \(401\)\. Set MLFLOW_TRACKING_TOKEN/,
    ],
    ['is not well', { status: 503, body: 'later' }, /with status 503: later/],
    ['is no MLflow', { status: 404, body: '<html>' }, /with status 404: <html>\. Check MLFLOW_TRACKING_URI/],
    ['is a page to log in on', { status: 302, body: '' }, /with status 302\. Check MLFLOW_TRACKING_URI/],
    [
      'answers something else',
      { status: 200, body: '{"experiment":{}}' },
      /is not MLflow, or not one that we know/,
    ],
  ] as const satisfies readonly (readonly [string, Behaviour, RegExp])[])
    it(`asks for another attempt, and repeats no credentials, where MLflow ${what}`, () =>
      withWorld(null, ({ database, mirror }) =>
        withFaultyProxy(null, async proxy => {
          proxy.behave = () => behaviour;
          await startRun(database, sampleRun());
          const timeoutMs = behaviour === 'hang' ? 500 : undefined;
          await assert.rejects(mirror(proxy.url, 'run-1', timeoutMs), (error: unknown) => {
            assert.doesNotMatch(String(error), /secret/);
            return expectError('unavailable', said)(error);
          });
        }),
      ));

  it('says that nothing listens', () =>
    withWorld(null, async ({ database, mirror }) => {
      await startRun(database, sampleRun());
      await assert.rejects(
        mirror('http://127.0.0.1:1', 'run-1'),
        expectError('unavailable', /^MLflow at http:\/\/127\.0\.0\.1:1 cannot be reached: /),
      );
    }));
});

const pick = (tags: ReadRun['tags'], ...names: string[]): (string | undefined)[] =>
  names.map(name => tags[`holdfast.${name}`]);

const prefixed = (prefix: string, metrics: object): object =>
  Object.fromEntries(Object.entries(metrics).map(([name, value]) => [`${prefix}${name}`, value]));
