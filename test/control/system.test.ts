import assert from 'node:assert/strict';
import { recordDatasetVersion } from '../../db/datasets/recordDatasetVersion.ts';
import { describe, it } from 'mocha';
import { createGrpcClient } from '../../platform/grpc/createGrpcClient.ts';
import { HealthCheckResponse_ServingStatus, HealthService } from '../../proto/gen/grpc/health/v1/health.ts';
import { expectError } from '../support/expectError.ts';
import { firstPage } from '../support/firstPage.ts';
import { sampleDataset } from '../support/registrySamples.ts';
import { waitUntil } from '../support/waitUntil.ts';
import { withControl } from '../support/withControl.ts';

describe('SystemService', () => {
  it('tells which parts are up, and notices the first worker', function () {
    return withControl(this, async ({ system, startWorker, database }) => {
      const states = async (): Promise<Record<string, boolean>> =>
        Object.fromEntries((await system.getStatus({})).components.map(({ name, up }) => [name, up]));
      const { control, postgresql, temporal } = await states();
      assert.deepEqual(
        { control, postgresql, temporal },
        { control: true, postgresql: true, temporal: true },
      );
      const { components } = await system.getStatus({});
      assert.equal(components.find(({ name }) => name === 'postgresql')?.address, database.address);
      await startWorker();
      await waitUntil('the worker is seen', async () => (await states()).worker);
    });
  });

  it('answers with Temporal and the workers down where Temporal is away', function () {
    return withControl(
      this,
      async ({ system }) => {
        const { components } = await system.getStatus({});
        assert.deepEqual(
          components.filter(({ up }) => !up).map(({ name }) => name),
          ['temporal', 'worker'],
        );
        assert.match(components.find(({ name }) => name === 'temporal')?.detail ?? '', /npm start/);
      },
      { temporalAddress: '127.0.0.1:1' },
    );
  });

  it('serves the standard health service', function () {
    return withControl(this, async ({ address }) => {
      const health = createGrpcClient(HealthService, { address, peer: 'control' });
      const { status } = await health.check({ service: 'holdfast.v1.RunService' });
      health.close();
      assert.equal(status, HealthCheckResponse_ServingStatus.SERVING);
    });
  });
});

describe('DatasetService', () => {
  it('lists datasets without, and shows one with, its profile and violations', function () {
    return withControl(this, async ({ datasets, database }) => {
      const dataset = sampleDataset();
      await recordDatasetVersion(database, dataset);
      const [listed] = (await datasets.list({ model: '', ...firstPage })).datasets;
      assert.deepEqual(
        [listed?.model, listed?.version, listed?.rows, listed?.quarantined, listed?.sourceRows],
        ['churn', 1, 98, 2, 100],
      );
      assert.deepEqual([listed?.violations, listed?.profile], [[], undefined]);
      assert.deepEqual((await datasets.list({ model: 'bank', ...firstPage })).datasets, []);
      for (const version of ['', '1', dataset.digest.slice(0, 12)]) {
        const shown = await datasets.get({ model: 'churn', version });
        assert.equal(shown.digest, dataset.digest);
        assert.deepEqual(shown.profile, dataset.profile);
        assert.deepEqual(shown.violations, dataset.violations);
      }
      await assert.rejects(
        datasets.get({ model: 'churn', version: '7' }),
        expectError('notFound', /no dataset 7/),
      );
    });
  });
});
