import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { describe, it } from 'mocha';
import { ingestFile } from '../../activities/data/ingestFile.ts';
import { simulateSource } from '../../activities/data/simulateSource.ts';
import { decodeTable } from '../../ml/dataset/tableCodec.ts';
import { SIMULATOR_VERSION } from '../../ml/simulation/simulatorVersion.ts';
import { createLocalArtifactStore } from '../../platform/createLocalArtifactStore.ts';
import churn from '../../projects/churn.ts';
import { requireData } from '../peers/requirePeer.ts';
import { expectError } from '../support/expectError.ts';
import { readTelco } from '../support/telcoTable.ts';
import { withTemporaryFolder } from '../support/withTemporaryFolder.ts';

const ingest = (folder: string, path: string, signal?: AbortSignal) =>
  ingestFile({
    definition: churn,
    path,
    artifacts: createLocalArtifactStore(join(folder, 'artifacts')),
    quarantineFolder: join(folder, 'quarantine'),
    signal,
  });

/** With the system's folder for temporary files being another. */
async function ingestBeside(temporary: string, folder: string, path: string): Promise<void> {
  const { TMPDIR } = process.env;
  process.env.TMPDIR = temporary;
  try {
    await ingest(folder, path);
  } finally {
    if (TMPDIR === undefined) delete process.env.TMPDIR;
    else process.env.TMPDIR = TMPDIR;
  }
}

describe('ingestFile', () => {
  it("takes IBM's Telco table whole, its eleven blank TotalCharges being a known case", async function () {
    const path = requireData(this, 'telco-customer-churn.csv');
    await withTemporaryFolder(async folder => {
      const result = await ingest(folder, path);
      assert.equal(
        result.digest,
        createHash('sha256')
          .update(await readFile(path))
          .digest('hex'),
      );
      assert.deepEqual([result.sourceRows, result.rows, result.quarantined], [7043, 7043, 0]);
      assert.deepEqual([result.violations, result.quarantineFile, result.ignoredColumns], [[], null, []]);
      assert.equal(result.profile.label.positives, 1869);
      const totalCharges = result.profile.columns.find(({ name }) => name === 'TotalCharges');
      assert.equal(totalCharges?.missing, 11);
      const artifacts = createLocalArtifactStore(join(folder, 'artifacts'));
      const { unitHashes, ...table } = decodeTable(await artifacts.get(result.tableDigest));
      assert.deepEqual(table, readTelco(path));
      assert.equal(new Set(unitHashes).size, 7043);
      assert.equal((await artifacts.get(result.digest)).length, (await readFile(path)).length);
    });
  });

  it('answers the same for the same bytes, wherever they lie, and needs the file no more afterwards', async () => {
    await withTemporaryFolder(async folder => {
      const path = await simulateSource({ model: 'churn', rows: 300, seed: 5 }, join(folder, 'data'));
      const bytes = await readFile(path);
      const other = join(folder, 'other name');
      await writeFile(other, bytes);
      const first = await ingest(folder, path);
      assert.deepEqual(await ingest(folder, other), first);
      await rm(path);
      const artifacts = createLocalArtifactStore(join(folder, 'artifacts'));
      assert.deepEqual(Buffer.from(await artifacts.get(first.digest)), bytes);
    });
  });

  it('gives one table for CSV and Parquet', async () => {
    await withTemporaryFolder(async folder => {
      const csv = await simulateSource({ model: 'churn', rows: 500, seed: 2 }, folder);
      const parquet = join(folder, 'table.parquet');
      const instance = await DuckDBInstance.create(':memory:');
      const connection = await instance.connect();
      // Without the candidate BOOLEAN, by which DuckDB would turn Yes and No into true and false.
      await connection.run(
        `COPY (SELECT * FROM read_csv('${csv}', auto_type_candidates=['BIGINT', 'DOUBLE', 'VARCHAR'])) TO '${parquet}' (FORMAT parquet)`,
      );
      connection.closeSync();
      instance.closeSync();
      const fromCsv = await ingest(folder, csv);
      const fromParquet = await ingest(folder, parquet);
      assert.equal(fromParquet.tableDigest, fromCsv.tableDigest);
      assert.notEqual(fromParquet.digest, fromCsv.digest);
    });
  });

  it('quarantines up to the allowed share and fails above it, with the file left to open', async () => {
    await withTemporaryFolder(async folder => {
      const source = await readFile(
        await simulateSource({ model: 'churn', rows: 200, seed: 3 }, folder),
        'utf8',
      );
      const [header, ...lines] = source.trimEnd().split('\n');
      const withBroken = async (name: string, broken: number): Promise<string> => {
        const path = join(folder, name);
        await writeFile(
          path,
          [
            header,
            ...lines.map((line, row) => (row < broken ? line.replace(/,(Yes|No)$/, ',Perhaps') : line)),
          ].join('\n'),
        );
        return path;
      };
      const result = await ingest(folder, await withBroken('ten.csv', 10));
      assert.deepEqual([result.sourceRows, result.rows, result.quarantined], [200, 190, 10]);
      assert.equal((await readFile(result.quarantineFile ?? '', 'utf8')).trimEnd().split('\n').length, 11);
      await assert.rejects(
        ingest(folder, await withBroken('eleven.csv', 11)),
        expectError('failedPrecondition', /eleven\.csv: 11 of 200 rows \(5\.5 %\)[^]*11 × Churn neither/),
      );
      assert.equal((await readdir(join(folder, 'quarantine'))).length, 2);
    });
  });

  it('reports progress and stops where it is cancelled', async () => {
    await withTemporaryFolder(async folder => {
      const path = await simulateSource({ model: 'churn', rows: 20_000, seed: 4 }, folder);
      const controller = new AbortController();
      const seen: number[] = [];
      await assert.rejects(
        ingestFile({
          definition: churn,
          path,
          artifacts: createLocalArtifactStore(join(folder, 'artifacts')),
          quarantineFolder: join(folder, 'quarantine'),
          signal: controller.signal,
          onProgress: ({ rows }) => {
            seen.push(rows);
            controller.abort(new Error('cancelled by the test'));
          },
        }),
        /cancelled by the test/,
      );
      assert.equal(seen.length, 1);
      assert.ok(seen[0] > 0 && seen[0] < 20_000, `after ${seen[0]} rows`);
    });
  });

  it('keeps nothing of a file that is refused, and does not tell what is in one of which nothing fits', async () => {
    await withTemporaryFolder(async folder => {
      const temporary = join(folder, 'temporary');
      await mkdir(temporary);
      const foreign = join(folder, 'shadow');
      await writeFile(foreign, 'root:$y$j9T$secret$hash:19000:0:99999:7:::\nbin:*:19000:0:99999:7:::\n');
      await assert.rejects(ingestBeside(temporary, folder, foreign), error => {
        expectError(
          'invalidArgument',
          /lacks 21 columns .* Its header has 1 other name: is it the right file\?/,
        )(error);
        assert.doesNotMatch(String(error), /root|secret|hash/);
        return true;
      });
      const source = await readFile(
        await simulateSource({ model: 'churn', rows: 200, seed: 3 }, folder),
        'utf8',
      );
      const wrong = join(folder, 'wrong.csv');
      await writeFile(wrong, source.replaceAll(/,(Yes|No)$/gm, ',Perhaps'));
      await assert.rejects(
        ingestBeside(temporary, folder, wrong),
        expectError('failedPrecondition', /200 of 200 rows/),
      );
      assert.ok(!(await readdir(folder)).includes('artifacts'), 'something was stored');
      const [quarantined = ''] = await readdir(join(folder, 'quarantine'));
      assert.equal((await stat(join(folder, 'quarantine', quarantined))).mode & 0o777, 0o600);
      assert.deepEqual(await readdir(temporary), []);
    });
  });

  it('stores nothing of a file that is no table', async () => {
    await withTemporaryFolder(async folder => {
      const path = join(folder, 'table.csv');
      await writeFile(path, Buffer.alloc(1000));
      await assert.rejects(ingest(folder, path), expectError('invalidArgument', /not text/));
      assert.deepEqual(await readdir(folder), ['table.csv']);
    });
  });
});

describe('simulateSource', () => {
  it('writes the same table again for the same seed, and reuses the file', async () => {
    await withTemporaryFolder(async folder => {
      const path = await simulateSource({ model: 'churn', rows: 250, seed: 9 }, join(folder, 'a'));
      const again = await simulateSource({ model: 'churn', rows: 250, seed: 9 }, join(folder, 'b'));
      assert.deepEqual(await readFile(again), await readFile(path));
      const name = `churn-simulated-v${SIMULATOR_VERSION}-250-9.csv`;
      assert.equal(path, join(folder, 'a', name));
      await writeFile(path, 'kept');
      await simulateSource({ model: 'churn', rows: 250, seed: 9 }, join(folder, 'a'));
      assert.equal(await readFile(path, 'utf8'), 'kept');
      assert.deepEqual(await readdir(join(folder, 'a')), [name]);
    });
  });

  it('leaves no file where it is cancelled', async () => {
    await withTemporaryFolder(async folder => {
      const signal = AbortSignal.abort(new Error('cancelled by the test'));
      await assert.rejects(
        simulateSource({ model: 'churn', rows: 5000, seed: 9 }, folder, signal),
        /cancelled by the test/,
      );
      assert.deepEqual(await readdir(folder), []);
    });
  });
});
