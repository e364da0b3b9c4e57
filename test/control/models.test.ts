import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { HoldfastError } from '../../platform/HoldfastError.ts';
import { expectError } from '../support/expectError.ts';
import { firstPage } from '../support/firstPage.ts';
import { registerSamples } from '../support/registrySamples.ts';
import { withControl } from '../support/withControl.ts';

describe('ModelService', () => {
  it('lists models, versions and one version, and knows a mistyped name', function () {
    return withControl(this, async ({ models, database }) => {
      assert.deepEqual((await models.listModels(firstPage)).models, []);
      await registerSamples(database, 2);
      assert.deepEqual((await models.listModels(firstPage)).models, [
        { name: 'churn', versionCount: 2, productionVersion: undefined, stagingVersion: undefined },
      ]);
      const { versions } = await models.listVersions({ model: '', ...firstPage });
      assert.deepEqual(
        versions.map(({ version, trainer }) => [version, trainer]),
        [
          [2, 'trainer2'],
          [1, 'trainer1'],
        ],
      );
      const one = await models.getVersion({ model: 'churn', version: '1' });
      assert.equal(one.metrics?.rocAuc, 0.85);
      assert.deepEqual(one.crossValidation.logLoss, { mean: 0.415, sd: 0.01 });
      assert.deepEqual(one.signature, { inputs: [{ name: 'tenure', kind: 'number' }] });
      assert.equal(one.datasetVersion, 1);
      assert.equal(one.trainingSeconds, 1.5);
      assert.ok(one.createTime instanceof Date);
      await assert.rejects(
        models.getVersion({ model: 'chrun', version: '' }),
        expectError('notFound', /no model "chrun".*Did you mean "churn"/),
      );
      await assert.rejects(
        models.getVersion({ model: 'churn', version: '9' }),
        expectError('notFound', /no version 9/),
      );
      await assert.rejects(
        models.getVersion({ model: 'churn', version: 'latest' }),
        expectError('invalidArgument', /"latest"/),
      );
    });
  });

  it('promotes, answers a promotion of what is Production already, rolls back, and keeps the history', function () {
    return withControl(this, async ({ models, database, startWorker }) => {
      await registerSamples(database, 2);
      await startWorker({ verifyArtifact: async () => undefined, awaitLoaded: async () => 3 });
      await assert.rejects(
        models.rollback({ model: 'churn', reason: '' }),
        expectError('failedPrecondition', /no version of churn to roll back to/),
      );
      const first = await models.promote({ model: 'churn', version: '1', reason: 'first' });
      assert.equal(first.previousVersion, undefined);
      assert.equal(first.loadedProcesses, 3);
      assert.ok(first.time instanceof Date);
      const second = await models.promote({ model: 'churn', version: '2', reason: 'better' });
      assert.equal(second.previousVersion, 1);
      const again = await models.promote({ model: 'churn', version: 'production', reason: '' });
      assert.deepEqual(again, {
        model: 'churn',
        alias: 'production',
        version: 2,
        previousVersion: 2,
        loadedProcesses: 0,
        time: undefined,
      });
      const back = await models.rollback({ model: 'churn', reason: 'complaints' });
      assert.deepEqual([back.version, back.previousVersion], [1, 2]);
      const { events } = await models.history({ model: 'churn', ...firstPage });
      assert.deepEqual(
        events.map(({ fromVersion, toVersion, reason, actor }) => [fromVersion, toVersion, reason, actor]),
        [
          [2, 1, 'complaints', 'operator'],
          [1, 2, 'better', 'operator'],
          [undefined, 1, 'first', 'operator'],
        ],
      );
      const [{ productionVersion }] = (await models.listModels(firstPage)).models;
      assert.equal(productionVersion, 1);
    });
  });

  it('counts a version once that is Production and Staging', function () {
    return withControl(this, async ({ models, database, startWorker, temporal }) => {
      await registerSamples(database, 1);
      await startWorker();
      const staging = { model: 'churn', version: 1, alias: 'staging', actor: 'test', reason: '' };
      await temporal.workflow.execute('promoteModel', {
        taskQueue: 'holdfast',
        workflowId: 'to-staging',
        args: [staging],
      });
      await models.promote({ model: 'churn', version: 'staging', reason: '' });
      assert.deepEqual((await models.listModels(firstPage)).models, [
        { name: 'churn', versionCount: 1, productionVersion: 1, stagingVersion: 1 },
      ]);
    });
  });

  it('refuses a second promotion while one is under way', function () {
    return withControl(this, async ({ models, database, startWorker }) => {
      await registerSamples(database, 2);
      const loaded = Promise.withResolvers<void>();
      const underWay = Promise.withResolvers<void>();
      await startWorker({
        awaitLoaded: async () => {
          underWay.resolve();
          await loaded.promise;
          return 1;
        },
      });
      const first = models.promote({ model: 'churn', version: '1', reason: '' });
      await underWay.promise;
      await assert.rejects(
        models.promote({ model: 'churn', version: '2', reason: '' }),
        expectError('conflict', /Another promotion of churn is under way/),
      );
      loaded.resolve();
      assert.equal((await first).version, 1);
    });
  });

  it('answers with the activity’s own code and words where a version cannot be promoted', function () {
    return withControl(this, async ({ models, database, startWorker }) => {
      await registerSamples(database, 1);
      await startWorker({
        verifyArtifact: async () => {
          throw new HoldfastError('notFound', 'The artifact abc is gone. Train again.');
        },
      });
      await assert.rejects(
        models.promote({ model: 'churn', version: '1', reason: '' }),
        expectError('notFound', /Version 1 of churn was not promoted: The artifact abc is gone/),
      );
      await assert.rejects(
        models.promote({ model: 'churn', version: '', reason: '' }),
        expectError('invalidArgument', /version is empty/),
      );
    });
  });

  it('says that Temporal is away, and still reads the registry', function () {
    return withControl(
      this,
      async ({ models, database }) => {
        await registerSamples(database, 1);
        assert.equal((await models.listModels(firstPage)).models.length, 1);
        await assert.rejects(
          models.promote({ model: 'churn', version: '1', reason: '' }),
          expectError('unavailable', /Temporal at 127\.0\.0\.1:1 does not answer.*npm start/),
        );
      },
      { temporalAddress: '127.0.0.1:1' },
    );
  });
});
