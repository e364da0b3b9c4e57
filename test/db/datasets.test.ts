import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { datasetList } from '../../db/datasets/datasetList.ts';
import { getDatasetVersion } from '../../db/datasets/getDatasetVersion.ts';
import { listDatasetVersions } from '../../db/datasets/listDatasetVersions.ts';
import { type NewDatasetVersion, recordDatasetVersion } from '../../db/datasets/recordDatasetVersion.ts';
import { readListQuery } from '../../platform/listing/readListQuery.ts';
import { sha256 } from '../../platform/sha256.ts';
import { expectError } from '../support/expectError.ts';
import { firstPage } from '../support/firstPage.ts';
import { sampleDataset } from '../support/registrySamples.ts';
import { withDatabase } from '../support/withDatabase.ts';

const pickDetails = ({ schema, profile, violations }: NewDatasetVersion) => ({
  schema,
  profile,
  violations,
});

const of = (model: string | undefined) => readListQuery(datasetList, firstPage, { model });

describe('dataset versions', () => {
  it('are read as they were recorded, keys in their order', () =>
    withDatabase(async database => {
      const recorded = await recordDatasetVersion(database, sampleDataset());
      const { id, createdAt, ...rest } = recorded;
      assert.deepEqual(rest, { ...sampleDataset(), version: 1 });
      assert.ok(Number.isInteger(id));
      assert.ok(Math.abs(createdAt.getTime() - Date.now()) < 60_000);
      const read = await getDatasetVersion(database, 'churn');
      assert.deepEqual(read, recorded);
      assert.deepEqual(Object.keys(read.schema), ['tenure', 'Contract']);
    }));

  it('are listed without what may be long', () =>
    withDatabase(async database => {
      const { schema, profile, violations, ...summary } = await recordDatasetVersion(
        database,
        sampleDataset(),
      );
      assert.deepEqual((await listDatasetVersions(database, of('churn'))).items, [summary]);
      assert.deepEqual({ schema, profile, violations }, pickDetails(sampleDataset()));
    }));

  it('keep text that PostgreSQL, SQL or JSON could stumble over', () =>
    withDatabase(async database => {
      const awkward = `it's "?" \\ $1 ?? :name ☃ 😀 \n\t; drop table dataset_version; --`;
      const recorded = await recordDatasetVersion(
        database,
        sampleDataset({
          source: awkward,
          schema: { [awkward]: awkward },
          violations: [{ row: 1, column: awkward, value: `a\0b\ud800c${awkward}`, rule: awkward }],
        }),
      );
      assert.equal(recorded.source, awkward);
      assert.deepEqual(recorded.schema, { [awkward]: awkward });
      assert.deepEqual(recorded.violations, [
        { row: 1, column: awkward, value: `a\ufffdb\ufffdc${awkward}`, rule: awkward },
      ]);
    }));

  it('are one for the same bytes under the same schema, and numbered from 1 for each model', () =>
    withDatabase(async database => {
      const first = await recordDatasetVersion(database, sampleDataset());
      const again = await recordDatasetVersion(database, sampleDataset({ source: 'another name.csv' }));
      assert.deepEqual(again, first);
      const otherSchema = await recordDatasetVersion(
        database,
        sampleDataset({ schemaDigest: sha256('other') }),
      );
      const otherBytes = await recordDatasetVersion(database, sampleDataset({ digest: sha256('more') }));
      const otherModel = await recordDatasetVersion(database, sampleDataset({ model: 'bank' }));
      assert.deepEqual(
        [first, otherSchema, otherBytes, otherModel].map(({ model, version }) => [model, version]),
        [
          ['churn', 1],
          ['churn', 2],
          ['churn', 3],
          ['bank', 1],
        ],
      );
      assert.deepEqual(
        (await listDatasetVersions(database, of(undefined))).items.map(({ id }) => id),
        [otherModel, otherBytes, otherSchema, first].map(({ id }) => id),
      );
    }));

  it('get numbers without gaps or doubles when many are recorded at once', () =>
    withDatabase(async database => {
      const contents = Array.from({ length: 20 }, (_, index) => sha256(`content ${index % 10}`));
      const recorded = await Promise.all(
        contents.map(digest => recordDatasetVersion(database, sampleDataset({ digest }))),
      );
      assert.deepEqual(
        [...new Set(recorded.map(({ version }) => version))].sort((a, b) => a - b),
        [1, 2, 3, 4, 5, 6, 7, 8, 9, 10],
      );
      contents.forEach((digest, index) => assert.equal(recorded[index].digest, digest));
    }));

  describe('are found', () => {
    const digests = [`1234${'a'.repeat(60)}`, `12ab${'b'.repeat(60)}`, 'c'.repeat(64)];
    const newest = 3;
    const cases: readonly { reference: number | string; version: number }[] = [
      { reference: '', version: newest },
      { reference: 2, version: 2 },
      { reference: ' 2 ', version: 2 },
      { reference: '1234', version: 1 },
      { reference: '12ab', version: 2 },
      { reference: digests[0], version: 1 },
      { reference: 'cccc', version: newest },
    ];
    for (const { reference, version } of cases)
      it(`by ${JSON.stringify(reference)}`, () =>
        withDatabase(async database => {
          for (const digest of digests) await recordDatasetVersion(database, sampleDataset({ digest }));
          assert.equal((await getDatasetVersion(database, 'churn', reference)).version, version);
        }));
  });

  it('by a digest under several schemas: the newest of them', () =>
    withDatabase(async database => {
      await recordDatasetVersion(database, sampleDataset());
      const second = await recordDatasetVersion(database, sampleDataset({ schemaDigest: sha256('x') }));
      assert.deepEqual(await getDatasetVersion(database, 'churn', second.digest), second);
    }));

  it('are not found with a sentence that says why and what next', () =>
    withDatabase(async database => {
      const get = (reference?: string) => getDatasetVersion(database, 'churn', reference);
      await assert.rejects(get(), expectError('notFound', /no dataset yet.*holdfast train --model churn/));
      await recordDatasetVersion(database, sampleDataset({ digest: `abcd${'1'.repeat(60)}` }));
      await recordDatasetVersion(database, sampleDataset({ digest: `abcd${'2'.repeat(60)}` }));
      await assert.rejects(get('7'), expectError('notFound', /no dataset 7.*datasets list/));
      await assert.rejects(get('abcf'), expectError('notFound', /no dataset abcf/));
      await assert.rejects(get('abcd'), expectError('invalidArgument', /several datasets.*more digits/));
      await assert.rejects(get('abc'), expectError('invalidArgument', /4 to 64 lower-case/));
      await assert.rejects(get('a_c%'), expectError('invalidArgument', /4 to 64 lower-case/));
    }));
});
