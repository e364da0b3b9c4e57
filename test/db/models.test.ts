import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { moveAlias } from '../../db/aliases/moveAlias.ts';
import { getVersion } from '../../db/models/getVersion.ts';
import { listModels } from '../../db/models/listModels.ts';
import { listVersions } from '../../db/models/listVersions.ts';
import { modelList } from '../../db/models/modelList.ts';
import { registerVersions } from '../../db/models/registerVersions.ts';
import { startRun } from '../../db/runs/startRun.ts';
import { readListQuery } from '../../platform/listing/readListQuery.ts';
import { sha256 } from '../../platform/sha256.ts';
import { expectError } from '../support/expectError.ts';
import { firstPage } from '../support/firstPage.ts';
import { recordRun, registerSamples, sampleCandidate, sampleRun } from '../support/registrySamples.ts';
import { withDatabase } from '../support/withDatabase.ts';

const move = { model: 'churn', actor: 'test', reason: '' } as const;

describe('model versions', () => {
  it('are read as they were registered, with their lineage', () =>
    withDatabase(async database => {
      const dataset = await recordRun(database);
      const candidate = sampleCandidate('logisticRegression');
      const [registered] = await registerVersions(database, 'run-1', [candidate]);
      assert.deepEqual(registered, {
        ...candidate,
        model: 'churn',
        version: 1,
        aliases: [],
        runId: 'run-1',
        dataset: { id: dataset.id, version: dataset.version, digest: dataset.digest },
        definitionDigest: sha256('definition'),
        createdAt: registered.createdAt,
        archivedAt: null,
      });
      assert.deepEqual(await getVersion(database, 'churn', 1), registered);
      assert.deepEqual(await listVersions(database, 'churn'), [registered]);
      assert.deepEqual(Object.keys(registered.metrics), Object.keys(candidate.metrics));
    }));

  it('take the next numbers in the order given; what a run registered before keeps its number', () =>
    withDatabase(async database => {
      await recordRun(database);
      const register = async (...trainers: string[]) =>
        (
          await registerVersions(
            database,
            'run-1',
            trainers.map(trainer => sampleCandidate(trainer)),
          )
        ).map(({ trainer, version }) => [trainer, version]);
      assert.deepEqual(await register('b', 'a'), [
        ['b', 1],
        ['a', 2],
      ]);
      assert.deepEqual(await register('b', 'a'), [
        ['b', 1],
        ['a', 2],
      ]);
      assert.deepEqual(await register('a', 'c', 'b'), [
        ['a', 2],
        ['c', 3],
        ['b', 1],
      ]);
      assert.deepEqual(
        (await listVersions(database, 'churn')).map(({ version }) => version),
        [3, 2, 1],
      );
    }));

  it('get numbers without gaps or doubles when many runs, some twice, register at once', () =>
    withDatabase(async database => {
      for (let run = 0; run < 8; run++) await recordRun(database, 'churn', `run-${run}`);
      const trainers = ['a', 'b', 'c', 'd'].map(trainer => sampleCandidate(trainer));
      const answers = await Promise.all(
        Array.from({ length: 16 }, (_, index) => registerVersions(database, `run-${index % 8}`, trainers)),
      );
      const numbers = answers.map(versions => versions.map(({ version }) => version));
      for (let run = 0; run < 8; run++) assert.deepEqual(numbers[run], numbers[run + 8]);
      assert.deepEqual(
        numbers
          .slice(0, 8)
          .flat()
          .sort((a, b) => a - b),
        Array.from({ length: 32 }, (_, index) => index + 1),
      );
      for (const [first, ...rest] of numbers) assert.deepEqual(rest, [first + 1, first + 2, first + 3]);
    }));

  it('are refused, all of them, where one is at fault', () =>
    withDatabase(async database => {
      await startRun(database, sampleRun({ id: 'without data' }));
      await recordRun(database);
      const register = (...candidates: Parameters<typeof registerVersions>[2]) =>
        registerVersions(database, 'run-1', candidates);
      const good = sampleCandidate('a');
      const metrics = { ...good.metrics, precision: Number.NaN };
      const crossValidation = { logLoss: { mean: 0.4, sd: Number.POSITIVE_INFINITY } };
      await assert.rejects(
        register(good, sampleCandidate('b', { metrics })),
        expectError('invalidArgument', /precision of b is NaN/),
      );
      await assert.rejects(
        register(good, sampleCandidate('b', { crossValidation })),
        expectError('invalidArgument', /standard deviation of logLoss of b is Infinity/),
      );
      await assert.rejects(register(good, sampleCandidate('b', { threshold: 2 })), /threshold_check/);
      await assert.rejects(register(good, sampleCandidate('b', { digest: 'short' })), /sha256_digest/);
      await assert.rejects(
        registerVersions(database, 'nowhere', [good]),
        expectError('notFound', /no run "nowhere"/),
      );
      await assert.rejects(
        registerVersions(database, 'without data', [good]),
        expectError('failedPrecondition', /has no dataset/),
      );
      assert.deepEqual(await listVersions(database, 'churn'), []);
      await register(good);
      await assert.rejects(
        register(sampleCandidate('b'), { ...good, digest: sha256('another file') }),
        expectError('internal', /the same training gave two model files/),
      );
      assert.equal((await listVersions(database, 'churn')).length, 1);
    }));

  it('are found by number or alias', () =>
    withDatabase(async database => {
      await registerSamples(database, 3);
      const versionOf = async (reference?: number | string) =>
        (await getVersion(database, 'churn', reference)).version;
      await assert.rejects(versionOf(), expectError('notFound', /nothing in Production.*holdfast train/));
      await assert.rejects(versionOf('staging'), expectError('notFound', /nothing in Staging/));
      await moveAlias(database, { ...move, alias: 'production', version: 2, operationId: '1' });
      await moveAlias(database, { ...move, alias: 'staging', version: 3, operationId: '2' });
      assert.deepEqual(
        [await versionOf(), await versionOf('production'), await versionOf('staging'), await versionOf('1')],
        [2, 2, 3, 1],
      );
      await assert.rejects(versionOf(4), expectError('notFound', /no version 4.*models show churn/));
      for (const reference of ['0', '-1', 'latest', '1.5', '99999999999'])
        await assert.rejects(
          versionOf(reference),
          expectError('invalidArgument', /number from 1, or production/),
        );
      await assert.rejects(
        getVersion(database, 'bank', 1),
        expectError('notFound', /model bank has no version 1/),
      );
    }));

  it('are counted for each model, beside what is in Production and Staging', () =>
    withDatabase(async database => {
      const listed = async () => (await listModels(database, readListQuery(modelList, firstPage, {}))).items;
      assert.deepEqual(await listed(), []);
      await registerSamples(database, 3);
      await registerSamples(database, 1, 'bank');
      await moveAlias(database, { ...move, alias: 'production', version: 3, operationId: '1' });
      await moveAlias(database, { ...move, alias: 'staging', version: 3, operationId: '2' });
      assert.deepEqual(await listed(), [
        {
          name: 'bank',
          versionCount: 1,
          productionVersion: null,
          stagingVersion: null,
          revisions: { production: 0, staging: 0 },
        },
        {
          name: 'churn',
          versionCount: 3,
          productionVersion: 3,
          stagingVersion: 3,
          revisions: { production: 1, staging: 1 },
        },
      ]);
      assert.deepEqual((await getVersion(database, 'churn')).aliases, ['production', 'staging']);
    }));
});
