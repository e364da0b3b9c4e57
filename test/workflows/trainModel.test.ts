import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { cancellationSignal, heartbeat } from '@temporalio/activity';
import { ApplicationFailure } from '@temporalio/common';
import { WorkflowFailedError } from '@temporalio/client';
import proto from '@temporalio/proto';
import { TestWorkflowEnvironment } from '@temporalio/testing';
import { Worker, type WorkflowBundle } from '@temporalio/worker';
import { after, before, describe, it } from 'mocha';
import { SEARCH_ATTRIBUTES } from '../../platform/temporal/ensureSearchAttributes.ts';
import type { PromoteModelInput } from '../../platform/workflowContract.ts';
import { failureText } from '../../workflows/failureText.ts';
import { promoteModel } from '../../workflows/promoteModel.ts';
import { reportVersions } from '../../workflows/reportVersions.ts';
import { trainModel } from '../../workflows/trainModel.ts';
import { blendWith, fakeActivities, metricsWith } from '../support/fakeActivities.ts';
import { workflowBundle } from '../support/testTemporal.ts';
import { requirePeer } from '../peers/requirePeer.ts';

// What the workflows decide, on Temporal's time-skipping test server: hours of retries pass in milliseconds.

/** Why a workflow failed. */
const failureOf = async (outcome: Promise<unknown>): Promise<string> => {
  try {
    await outcome;
  } catch (error) {
    assert.ok(error instanceof WorkflowFailedError, String(error));
    return failureText(error.cause);
  }
  throw new Error('the workflow did not fail');
};

describe('trainModel on the time-skipping server', () => {
  let environment: TestWorkflowEnvironment;
  let bundle: WorkflowBundle;
  let next = 0;

  before(async function () {
    const path = requirePeer(this, 'temporal-test-server');
    environment = await TestWorkflowEnvironment.createTimeSkipping({
      server: { executable: { type: 'existing-path', path } },
    });
    // The test server cannot list search attributes, so what the product's start does is not to be had here.
    const keyword = proto.temporal.api.enums.v1.IndexedValueType.INDEXED_VALUE_TYPE_KEYWORD;
    await environment.connection.operatorService.addSearchAttributes({
      namespace: environment.namespace ?? 'default',
      searchAttributes: Object.fromEntries(SEARCH_ATTRIBUTES.map(name => [name, keyword])),
    });
    bundle = await workflowBundle();
  });

  after(async () => environment?.teardown());

  const withWorker = async <T>(
    activities: object,
    work: (options: { taskQueue: string; workflowId: string }) => Promise<T>,
  ): Promise<T> => {
    const taskQueue = `test-${next++}`;
    const connection = environment.nativeConnection;
    const worker = await Worker.create({ connection, taskQueue, workflowBundle: bundle, activities });
    return worker.runUntil(work({ taskQueue, workflowId: taskQueue }));
  };
  const train = (activities: object, ...args: Parameters<typeof trainModel>) =>
    withWorker(activities, options => environment.client.workflow.execute(trainModel, { ...options, args }));
  const promote = (activities: object, input: PromoteModelInput) =>
    withWorker(activities, options =>
      environment.client.workflow.execute(promoteModel, { ...options, args: [input] }),
    );

  it('promotes the first champion, the best by cross-validation, to Production', async () => {
    const { activities, inputsOf } = fakeActivities();
    const result = await train(activities, {});
    assert.equal(result.championVersion, 2);
    assert.equal(result.promotedTo, 'production');
    assert.deepEqual(
      inputsOf('moveAlias').map(input => Object(input).alias),
      ['production'],
    );
    assert.equal(inputsOf('awaitLoaded').length, 1);
    assert.deepEqual(
      inputsOf('endRun').map(input => Object(input).status),
      ['succeeded'],
    );
  });

  it('reports version after version; one that fails keeps none from theirs', async () => {
    const { activities, inputsOf } = fakeActivities({
      unreportedVersions: async ({ model = '', versions = [] }) => ({ model, versions: [...versions] }),
      reportVersion: async ({ version }) => {
        if (version === 1) throw ApplicationFailure.nonRetryable('the file is broken');
      },
    });
    const input = { model: 'churn', versions: [2, 1, 3] };
    const reports = withWorker(activities, options =>
      environment.client.workflow.execute(reportVersions, { ...options, args: [input] }),
    );
    assert.equal(await failureOf(reports), 'the file is broken');
    assert.deepEqual(inputsOf('unreportedVersions'), [input]);
    assert.deepEqual(
      inputsOf('reportVersion'),
      [2, 1, 3].map(version => ({ model: 'churn', version })),
    );
  });

  it('blends what it trained, and promotes the blend where it is better beyond its standard error', async () => {
    const { activities, inputsOf } = fakeActivities({
      blendCandidates: async () => blendWith({ mean: 0.01, sd: 0.01 }),
    });
    const result = await train(activities, {});
    assert.equal(result.championVersion, 3);
    assert.deepEqual(
      inputsOf('blendCandidates').map(input => Object(input).candidates),
      [
        ['logisticRegression', 'gradientBoosting'].map(trainer => ({
          trainer,
          digest: 'c'.repeat(64),
          outOfFold: 'f'.repeat(64),
        })),
      ],
    );
  });

  it('makes no blend where the definition names none', async () => {
    const { activities, inputsOf } = fakeActivities({}, ['logisticRegression', 'gradientBoosting']);
    const result = await train(activities, {});
    assert.equal(result.championVersion, 2);
    assert.deepEqual(inputsOf('blendCandidates'), []);
    assert.deepEqual(
      inputsOf('registerCandidates').map(input => Object(input).candidates.length),
      [2],
    );
  });

  it('sends a later champion to Staging, without waiting for inference', async () => {
    const { activities, inputsOf } = fakeActivities({ productionVersion: async () => 1 });
    const result = await train(activities, { model: 'churn' });
    assert.equal(result.promotedTo, 'staging');
    assert.equal(inputsOf('awaitLoaded').length, 0);
    assert.equal(result.gate.length, 3);
  });

  for (const [what, overrides] of [
    [
      'is worse than Production on the same holdout',
      {
        productionVersion: async () => 1,
        evaluateVersion: async () => ({ metrics: metricsWith({ logLoss: 0.4 }), obstacle: null }),
      },
    ],
    [
      'misses the floor',
      {
        registerCandidates: async () => [
          {
            version: 1,
            trainer: 'logisticRegression',
            digest: 'c'.repeat(64),
            metrics: metricsWith({ rocAuc: 0.55 }),
            crossValidation: { logLoss: { mean: 0.4, sd: 0.01 } },
          },
        ],
      },
    ],
  ] as const)
    it(`moves no alias where the champion ${what}`, async () => {
      const { activities, inputsOf } = fakeActivities(overrides);
      const result = await train(activities, {});
      assert.equal(result.promotedTo, null);
      assert.ok(result.gate.some(check => !check.passed));
      assert.deepEqual(inputsOf('moveAlias'), []);
      assert.deepEqual(
        inputsOf('endRun').map(input => Object(input).status),
        ['succeeded'],
      );
    });

  it('holds the champion against what another first run brought to Production meanwhile', async () => {
    let production: number | null = null;
    const { activities, inputsOf } = fakeActivities({
      productionVersion: async () => production,
      moveAlias: async ({ alias }) => {
        if (alias === 'staging') return { previousVersion: null, time: '2026-01-01T00:00:00.000Z' };
        production = 7;
        throw ApplicationFailure.nonRetryable('somebody moved it meanwhile', 'conflict');
      },
    });
    const result = await train(activities, {});
    assert.equal(result.promotedTo, 'staging');
    assert.deepEqual(
      inputsOf('moveAlias').map(input => [Object(input).alias, Object(input).expectedVersion]),
      [
        ['production', null],
        ['staging', undefined],
      ],
    );
    assert.deepEqual(
      inputsOf('evaluateVersion').map(input => Object(input).version),
      [7],
    );
  });

  it('stops the other candidates where one cannot be trained, and only then says that it failed', async () => {
    let stopped = false;
    const { activities, inputsOf } = fakeActivities({
      trainCandidate: async ({ trainer }) => {
        if (trainer === 'gradientBoosting')
          throw ApplicationFailure.nonRetryable('its file differs from the kernel', 'unforeseen');
        // Heartbeats bring the cancellation; an activity that is never told would go on for an hour.
        for (let second = 0; second < 3600 && !cancellationSignal().aborted; second++) {
          heartbeat();
          await sleep(50);
        }
        stopped = cancellationSignal().aborted;
        throw cancellationSignal().reason;
      },
    });
    assert.equal(await failureOf(train(activities, {})), 'its file differs from the kernel');
    assert.ok(stopped, 'the other candidate was told to stop before the run ended');
    assert.deepEqual(
      inputsOf('endRun').map(input => Object(input).status),
      ['failed'],
    );
  });

  it('waits out a registry that is away for an hour', async () => {
    const started = await environment.currentTimeMs();
    const { activities, inputsOf } = fakeActivities({
      registerCandidates: async ({ candidates }) => {
        if ((await environment.currentTimeMs()) < started + 3_600_000)
          throw ApplicationFailure.create({ message: 'PostgreSQL is away', type: 'unavailable' });
        return candidates.map(({ trainer, crossValidation, metrics, digest }, place) => ({
          version: place + 1,
          trainer,
          digest,
          metrics,
          crossValidation,
        }));
      },
    });
    const result = await train(activities, {});
    assert.equal(result.promotedTo, 'production');
    assert.ok(inputsOf('registerCandidates').length > 10);
    assert.equal(inputsOf('trainCandidate').length, 2, 'what was trained is not trained again');
  });

  it('says why the data was refused, and closes the run as failed', async () => {
    const { activities, inputsOf } = fakeActivities({
      ingest: async () => {
        throw ApplicationFailure.nonRetryable('column tenure is missing', 'invalidArgument');
      },
    });
    assert.equal(await failureOf(train(activities, {})), 'column tenure is missing');
    assert.deepEqual(inputsOf('trainCandidate'), []);
    const [end] = inputsOf('endRun').map(Object);
    assert.equal(end.status, 'failed');
    assert.equal(end.error, 'column tenure is missing');
  });

  it('puts the alias back where inference cannot load the version', async () => {
    const { activities, inputsOf } = fakeActivities({
      moveAlias: async ({ version }) => ({
        previousVersion: version === 2 ? 1 : 2,
        time: '2026-01-01T00:00:00.000Z',
      }),
      awaitLoaded: async () => {
        throw ApplicationFailure.nonRetryable('its file is corrupt', 'failedPrecondition');
      },
    });
    const input = { model: 'churn', version: 2, actor: 'test', reason: 'test' };
    assert.equal(await failureOf(promote(activities, input)), 'its file is corrupt');
    const moves = inputsOf('moveAlias').map(Object);
    assert.deepEqual(
      moves.map(({ version, expectedVersion }) => [version, expectedVersion]),
      [
        [2, undefined],
        [1, 2],
      ],
    );
    assert.match(moves[1].reason, /its file is corrupt/);
    assert.notEqual(moves[0].operationId, moves[1].operationId);
  });

  it('lets the alias be where somebody has moved it on before it could be put back', async () => {
    const { activities } = fakeActivities({
      moveAlias: async ({ expectedVersion }) => {
        if (expectedVersion !== undefined)
          throw ApplicationFailure.nonRetryable('it stands on 3', 'conflict');
        return { previousVersion: 1, time: '2026-01-01T00:00:00.000Z' };
      },
      awaitLoaded: async () => {
        throw ApplicationFailure.nonRetryable('its file is corrupt', 'failedPrecondition');
      },
    });
    const input = { model: 'churn', version: 2, actor: 'test', reason: 'test' };
    assert.equal(await failureOf(promote(activities, input)), 'its file is corrupt');
  });
});
