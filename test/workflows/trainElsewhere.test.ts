import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { Worker } from '@temporalio/worker';
import { describe, it } from 'mocha';
import { createAdoptCandidate } from '../../activities/foreign/createAdoptCandidate.ts';
import { createHandOver } from '../../activities/foreign/createHandOver.ts';
import { createBlendCandidates } from '../../activities/training/createBlendCandidates.ts';
import { createTrainCandidate } from '../../activities/training/createTrainCandidate.ts';
import { createTrainingPool } from '../../activities/training/createTrainingPool.ts';
import { defineProject } from '../../ml/definition/defineProject.ts';
import { canonicalJson } from '../../platform/canonicalJson.ts';
import { createLocalArtifactStore } from '../../platform/createLocalArtifactStore.ts';
import { sha256 } from '../../platform/sha256.ts';
import churn from '../../projects/churn.ts';
import { trainModel } from '../../workflows/trainModel.ts';
import { requirePeer } from '../peers/requirePeer.ts';
import { collectLogs } from '../support/collectLogs.ts';
import { fakeActivities } from '../support/fakeActivities.ts';
import { foreignModels } from '../support/foreignModels.ts';
import { testTemporal, workflowBundle } from '../support/testTemporal.ts';
import { withTemporaryFolder } from '../support/withTemporaryFolder.ts';

// Trainers that are not ours: the example's worker really trains, and where nobody comes the run goes on without them.

const gate = { minimumRocAuc: 0.6, maximumCalibrationError: 0.2, maximumLogLossIncrease: 0 };
const begun = (
  name: string,
  taskQueue: string,
  startWithinSeconds: number,
  trainers: string[],
  definition: string,
) => ({
  model: 'churn',
  trigger: 'test',
  definition,
  data: null,
  trainers,
  elsewhere: [{ name, taskQueue, startWithinSeconds }],
  folds: 5,
  selection: 'logLoss' as const,
  gate,
});

describe('a trainer that is not ours', () => {
  it('is left out with the reason where nobody polls its queue, and the run goes on', async function () {
    const environment = await testTemporal(this);
    const trainers = ['logisticRegression', 'lightgbm', 'gradientBoosting'];
    const { activities, inputsOf } = fakeActivities({
      beginRun: async () => begun('lightgbm', 'nobody', 1, trainers, 'd'.repeat(64)),
    });
    const worker = await Worker.create({
      connection: environment.nativeConnection,
      taskQueue: 'elsewhere-nobody',
      workflowBundle: await workflowBundle(),
      activities,
    });
    const result = await worker.runUntil(
      environment.client.workflow.execute(trainModel, {
        taskQueue: 'elsewhere-nobody',
        workflowId: 'elsewhere-nobody',
        args: [{}],
      }),
    );
    assert.equal(result.championVersion, 2);
    const [end] = inputsOf('endRun').map(Object);
    assert.equal(end.status, 'succeeded');
    assert.deepEqual(end.result.leftOut, [
      {
        trainer: 'lightgbm',
        reason:
          'nobody took the work from the task queue "nobody" within 1 seconds: start the trainer\'s worker on that queue (docs/trainers.md), then train again',
      },
    ]);
    assert.deepEqual(inputsOf('adoptCandidate'), []);
  });

  it('trains by the example’s worker: its file is a candidate with cross-validated figures, joins the blend, and comes out the same again', async function () {
    const environment = await testTemporal(this);
    const python = requirePeer(this, 'python');
    const { table } = await foreignModels(this);
    const taskQueue = 'example-python-trainer';
    const trainer = spawn(
      python,
      [
        '-W',
        'ignore',
        resolve('examples/python-trainer/trainer.py'),
        '--address',
        environment.address,
        '--task-queue',
        taskQueue,
      ],
      { stdio: ['ignore', 'pipe', 'inherit'] },
    );
    try {
      await once(trainer.stdout, 'data');
      await withTemporaryFolder(async home => {
        const artifacts = createLocalArtifactStore(home);
        const training = createTrainingPool(1);
        const trainers = ['logisticRegression', 'lightgbm', 'blend'];
        const definition = defineProject({
          ...churn,
          trainers: [
            'logisticRegression',
            { name: 'lightgbm', taskQueue, parameters: { n_estimators: 60 } },
            'blend',
          ],
        });
        const definitionDigest = await artifacts.put(Buffer.from(canonicalJson(definition)));
        const tableDigest = await artifacts.put(await readFile(table));
        const { logger } = collectLogs();
        const ports = { artifacts, home, training, logger };
        const { activities, inputsOf } = fakeActivities({
          beginRun: async () => begun('lightgbm', taskQueue, 120, trainers, definitionDigest),
          ingest: async () => ({
            version: 1,
            digest: sha256('data'),
            rows: 1200,
            quarantined: 0,
            table: tableDigest,
            isNew: true,
          }),
          trainCandidate: createTrainCandidate(ports),
          handOver: createHandOver(ports),
          adoptCandidate: createAdoptCandidate(ports),
          blendCandidates: createBlendCandidates(ports),
        });
        const worker = await Worker.create({
          connection: environment.nativeConnection,
          taskQueue: 'elsewhere-python',
          workflowBundle: await workflowBundle(),
          activities,
        });
        try {
          await worker.runUntil(async () => {
            for (const workflowId of ['elsewhere-python-1', 'elsewhere-python-2'])
              await environment.client.workflow.execute(trainModel, {
                taskQueue: 'elsewhere-python',
                workflowId,
                args: [{}],
              });
          });
        } finally {
          await training.close();
        }
        const [first, second] = inputsOf('registerCandidates').map(input => Object(input).candidates);
        const [, lightgbm, blend] = first;
        assert.deepEqual(
          first.map((candidate: { trainer: string }) => candidate.trainer),
          trainers,
        );
        assert.ok(lightgbm.crossValidation.rocAuc.mean > 0.75, `${lightgbm.crossValidation.rocAuc.mean}`);
        assert.ok(lightgbm.metrics.rocAuc > 0.75);
        assert.equal(lightgbm.parameters.origin, 'task queue');
        assert.equal(lightgbm.parameters.parameters.about.library, 'LightGBM');
        assert.ok('weights' in blend.parameters);
        assert.equal(second[1].digest, lightgbm.digest);
        assert.equal(second[2].digest, blend.digest);
      });
    } finally {
      trainer.kill();
    }
  });
});
