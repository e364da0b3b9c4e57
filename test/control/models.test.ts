import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { HoldfastError } from '../../platform/HoldfastError.ts';
import { expectError } from '../support/expectError.ts';
import { firstPage } from '../support/firstPage.ts';
import { registerSamples } from '../support/registrySamples.ts';
import { withControl } from '../support/withControl.ts';

const late = (request: Promise<unknown>): Promise<void> =>
  assert.rejects(
    request,
    expectError(
      'conflict',
      /churn is not as it was when you looked: tester\/test moved production to version \d at \S+ \(operator \d+\)\. Nothing was changed/,
    ),
  );

describe('ModelService', () => {
  it('lists models, versions and one version, and knows a mistyped name', function () {
    return withControl(this, async ({ models, database }) => {
      assert.deepEqual((await models.listModels(firstPage)).models, []);
      await registerSamples(database, 2);
      assert.deepEqual((await models.listModels(firstPage)).models, [
        {
          name: 'churn',
          versionCount: 2,
          productionVersion: undefined,
          stagingVersion: undefined,
          etag: 'p0s0',
        },
      ]);
      const { versions } = await models.listVersions({ model: '', showArchived: false, ...firstPage });
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
        models.rollback({ model: 'churn', reason: '', etag: '' }),
        expectError('failedPrecondition', /no version of churn to roll back to/),
      );
      const first = await models.promote({ model: 'churn', version: '1', reason: 'first', etag: '' });
      assert.equal(first.previousVersion, undefined);
      assert.equal(first.loadedProcesses, 3);
      assert.ok(first.time instanceof Date);
      const second = await models.promote({ model: 'churn', version: '2', reason: 'better', etag: '' });
      assert.equal(second.previousVersion, 1);
      const again = await models.promote({ model: 'churn', version: 'production', reason: '', etag: '' });
      assert.deepEqual(again, {
        model: 'churn',
        alias: 'production',
        version: 2,
        previousVersion: 2,
        loadedProcesses: 0,
        time: undefined,
        etag: 'p2s0',
      });
      const back = await models.rollback({ model: 'churn', reason: 'complaints', etag: '' });
      assert.deepEqual([back.version, back.previousVersion], [1, 2]);
      const { events } = await models.history({ model: 'churn', ...firstPage });
      assert.deepEqual(
        events.map(({ fromVersion, toVersion, reason, actor }) => [fromVersion, toVersion, reason, actor]),
        [
          [2, 1, 'complaints', 'tester/test'],
          [1, 2, 'better', 'tester/test'],
          [undefined, 1, 'first', 'tester/test'],
        ],
      );
      const [{ productionVersion }] = (await models.listModels(firstPage)).models;
      assert.equal(productionVersion, 1);
    });
  });

  it('lets one of many promote who saw the same state, and tells the others who did what', function () {
    return withControl(this, async ({ models, database, startWorker }) => {
      await registerSamples(database, 3);
      await startWorker();
      const first = await models.promote({ model: 'churn', version: '1', reason: 'first', etag: '' });
      const { etag } = await models.getModel({ model: 'churn' });
      assert.equal(first.etag, etag);
      const tried = await Promise.allSettled(
        Array.from({ length: 20 }, (_, index) =>
          models.promote({
            model: 'churn',
            version: String(2 + (index % 2)),
            reason: `operator ${index}`,
            etag,
          }),
        ),
      );
      const won = tried.filter(each => each.status === 'fulfilled');
      assert.equal(won.length, 1);
      for (const each of tried)
        if (each.status === 'rejected')
          expectError('conflict', /is under way|not as it was when you looked/)(each.reason);
      const { events } = await models.history({ model: 'churn', ...firstPage });
      assert.equal(events.length, 2);
      await late(models.promote({ model: 'churn', version: '1', reason: '', etag: `W/"${etag}"` }));
      await late(models.promote({ model: 'churn', version: 'production', reason: '', etag }));
      await late(models.rollback({ model: 'churn', reason: '', etag }));
      await assert.rejects(
        models.rollback({ model: 'churn', reason: '', etag: 'yes' }),
        expectError('invalidArgument', /etag is "yes"; expected the one that the model came with/),
      );
      const now = won[0].value.etag;
      assert.notEqual(now, etag);
      const back = await models.rollback({ model: 'churn', reason: '', etag: now });
      assert.equal(back.version, 1);
    });
  });

  it('knows what was Production at a moment, by whom, and from which run and data', function () {
    return withControl(this, async ({ models, database, startWorker }) => {
      await registerSamples(database, 2);
      await startWorker();
      const at = (time?: Date) => models.getProductionAt({ model: 'churn', time });
      await assert.rejects(at(), expectError('notFound', /none ever was/));
      const first = await models.promote({ model: 'churn', version: '1', reason: 'first', etag: '' });
      const second = await models.promote({ model: 'churn', version: '2', reason: 'better', etag: '' });
      assert.ok(first.time && second.time);
      const then = await at(new Date(second.time.getTime() - 1));
      assert.deepEqual(
        [then.version?.version, then.version?.runId, then.version?.datasetVersion],
        [1, 'run-of-churn', 1],
      );
      assert.equal(then.version?.datasetDigest.length, 64);
      assert.deepEqual([then.event?.actor, then.event?.reason], ['tester/test', 'first']);
      assert.deepEqual([then.event?.time, then.endTime], [first.time, second.time]);
      const now = await at(second.time);
      assert.deepEqual([now.version?.version, now.endTime], [2, undefined]);
      await assert.rejects(
        at(new Date(first.time.getTime() - 1)),
        expectError('notFound', /No version of churn was Production at .*the first became it at/),
      );
      await assert.rejects(
        at(new Date(Date.now() + 3_600_000)),
        expectError('invalidArgument', /yet to come/),
      );
    });
  });

  it('archives a version that is not in use, hides it, promotes it only when it was taken back', function () {
    return withControl(this, async ({ models, experiments, database, startWorker }) => {
      await registerSamples(database, 4);
      await startWorker();
      const promote = (version: string) => models.promote({ model: 'churn', version, reason: '', etag: '' });
      const archive = (version: string) => models.archive({ model: 'churn', version, reason: 'old' });
      const start = (version: string) =>
        experiments.start({
          model: 'churn',
          name: `with-${version}`,
          arms: [
            { name: 'A', version: 'production', weightPercent: 50, shadow: false },
            { name: 'B', version, weightPercent: 50, shadow: false },
          ],
          salt: '',
          reason: '',
        });
      await promote('4');
      await assert.rejects(archive('4'), expectError('failedPrecondition', /is production and cannot be/));
      await assert.rejects(archive('9'), expectError('notFound', /no version 9/));
      await assert.rejects(
        archive('staging'),
        expectError('invalidArgument', /"staging"; expected a version/),
      );
      assert.ok((await archive('1')).archiveTime instanceof Date);
      assert.ok((await archive('1')).archiveTime instanceof Date, 'once more is harmless');
      const list = async (showArchived: boolean, filter = '') => {
        const { versions } = await models.listVersions({
          model: 'churn',
          showArchived,
          ...firstPage,
          filter,
        });
        return versions.map(({ version }) => version);
      };
      assert.deepEqual(await list(false), [4, 3, 2]);
      assert.deepEqual(await list(true), [4, 3, 2, 1]);
      assert.deepEqual(await list(true, 'archived = true'), [1]);
      await assert.rejects(promote('1'), expectError('failedPrecondition', /archived\. Take it back first/));
      await assert.rejects(start('1'), expectError('failedPrecondition', /the arm B, is archived/));
      await start('2');
      await assert.rejects(archive('2'), expectError('failedPrecondition', /arm of the experiment with-2/));
      assert.equal(
        (await models.unarchive({ model: 'churn', version: '1', reason: '' })).archiveTime,
        undefined,
      );
      assert.equal((await promote('1')).version, 1);
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
      await models.promote({ model: 'churn', version: 'staging', reason: '', etag: '' });
      assert.deepEqual((await models.listModels(firstPage)).models, [
        { name: 'churn', versionCount: 1, productionVersion: 1, stagingVersion: 1, etag: 'p1s1' },
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
      const first = models.promote({ model: 'churn', version: '1', reason: '', etag: '' });
      await underWay.promise;
      await assert.rejects(
        models.promote({ model: 'churn', version: '2', reason: '', etag: '' }),
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
        models.promote({ model: 'churn', version: '1', reason: '', etag: '' }),
        expectError('notFound', /Version 1 of churn was not promoted: The artifact abc is gone/),
      );
      await assert.rejects(
        models.promote({ model: 'churn', version: '', reason: '', etag: '' }),
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
          models.promote({ model: 'churn', version: '1', reason: '', etag: '' }),
          expectError('unavailable', /Temporal at 127\.0\.0\.1:1 does not answer.*npm start/),
        );
      },
      { temporalAddress: '127.0.0.1:1' },
    );
  });
});
