import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { recordDatasetVersion } from '../../db/datasets/recordDatasetVersion.ts';
import { sha256 } from '../../platform/sha256.ts';
import { expectError } from '../support/expectError.ts';
import { sampleDataset } from '../support/registrySamples.ts';
import { withVersions } from '../support/withVersions.ts';

describe('MonitoringService', () => {
  it('measures a version from the data it was trained on, until another dataset is set for it', function () {
    return withVersions(this, async ({ monitoring, database }) => {
      const own = await monitoring.getBaseline({ model: '', version: '' });
      assert.deepEqual(
        [own.version, own.datasetVersion, own.rows, own.profile, own.actor, own.setTime],
        [1, 1, 98, { rows: 98 }, '', undefined],
      );
      const schema = { columns: [{ name: 'tenure', kind: 'number' }] };
      const other = { digest: sha256('other'), sourceArtifact: sha256('other'), profile: { rows: 7 } };
      await recordDatasetVersion(database, sampleDataset({ ...other, schema }));
      await recordDatasetVersion(
        database,
        sampleDataset({ digest: sha256('third'), schema: { columns: [{ name: 'age', kind: 'number' }] } }),
      );
      const set = (dataset: string, version = '') =>
        monitoring.setBaseline({
          model: 'churn',
          version,
          source: { $case: 'dataset', value: dataset },
          reason: 'newer',
        });
      const chosen = await set('2');
      assert.deepEqual(
        [chosen.version, chosen.datasetVersion, chosen.profile, chosen.actor, chosen.reason],
        [1, 2, { rows: 7 }, 'tester/test', 'newer'],
      );
      assert.ok(chosen.setTime instanceof Date);
      assert.deepEqual(await set('2'), chosen, 'once more changes nothing');
      assert.deepEqual(await monitoring.getBaseline({ model: 'churn', version: 'production' }), chosen);
      const second = await monitoring.getBaseline({ model: 'churn', version: '2' });
      assert.equal(second.datasetVersion, 1, 'another version keeps its own');
      await assert.rejects(
        set('3'),
        expectError('failedPrecondition', /has no tenure, which version 1 takes/),
      );
      await assert.rejects(set('9'), expectError('notFound', /no dataset 9/));
      await assert.rejects(
        monitoring.setBaseline({ model: 'churn', version: '', source: undefined, reason: '' }),
        expectError('invalidArgument', /expected trained_version .* or dataset/),
      );
    });
  });
});
