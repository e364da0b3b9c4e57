import assert from 'node:assert/strict';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { DuckDBInstance } from '@duckdb/node-api';
import { describe, it } from 'mocha';
import { from as copyFrom } from 'pg-copy-streams';
import { createIngest } from '../../activities/data/createIngest.ts';
import { createBeginRun } from '../../activities/runs/createBeginRun.ts';
import type { ProjectDefinition } from '../../ml/definition/ProjectDefinition.ts';
import { simulateTelco } from '../../ml/simulation/simulateTelco.ts';
import { telcoCsv } from '../../ml/simulation/telcoCsv.ts';
import { canonicalJson } from '../../platform/canonicalJson.ts';
import { createLocalArtifactStore } from '../../platform/createLocalArtifactStore.ts';
import { TASK_QUEUE } from '../../platform/workflowContract.ts';
import churn from '../../projects/churn.ts';
import { runDefinition } from '../../projects/runDefinition.ts';
import { type Run, RunStatus } from '../../proto/gen/holdfast/v1/run.ts';
import { expectError } from '../support/expectError.ts';
import { firstPage } from '../support/firstPage.ts';
import { saveHistories } from '../support/histories.ts';
import { withClient } from '../support/postgres.ts';
import { testS3 } from '../support/testS3.ts';
import { waitUntil } from '../support/waitUntil.ts';
import { type ControlWorld, withControl } from '../support/withControl.ts';
import { withEmptyDatabase } from '../support/withDatabase.ts';
import { withTemporaryFolder } from '../support/withTemporaryFolder.ts';

// Data comes in by real parts: Temporal, control, the worker's activity, a customer's PostgreSQL, an S3-compatible store.

const csv = [...telcoCsv(simulateTelco({ rows: 400, seed: 5 }))].join('');

/** A worker whose definition of churn has another source. @returns what lies in the artifact store and in the folder for copies */
async function startIngesting(
  { database, startWorker }: ControlWorld,
  folder: string,
  source: ProjectDefinition['source'],
  environment: Record<string, string>,
): Promise<() => Promise<{ artifacts: number; copies: string[] }>> {
  const artifacts = createLocalArtifactStore(join(folder, 'artifacts'));
  const beginRun = createBeginRun({
    artifacts,
    database,
    defaultModel: 'churn',
    track: async () => undefined,
  });
  const definition = await artifacts.put(Buffer.from(canonicalJson({ ...churn, source })));
  // What the real beginRun stores is there beforehand, so that whatever comes after it is the data's.
  await artifacts.put(Buffer.from(runDefinition(churn).text));
  await startWorker({
    beginRun: async input => ({ ...(await beginRun(input)), definition }),
    ingest: createIngest({ database, artifacts, home: folder, environment }),
  });
  const copies = join(folder, 'copies');
  await mkdir(copies);
  return async () => ({
    artifacts: (await readdir(join(folder, 'artifacts'), { recursive: true })).filter(
      name => name.length > 60,
    ).length,
    copies: await readdir(copies),
  });
}

async function endOf({ runs }: Pick<ControlWorld, 'runs'>, { id }: Pick<Run, 'id'>): Promise<Run> {
  let last: Run | undefined;
  for await (const run of runs.watch({ run: id })) last = run;
  assert.ok(last);
  return last;
}

const ingest = async (world: ControlWorld, data = ''): Promise<Run> =>
  endOf(world, await world.datasets.ingest({ model: 'churn', data, workflowId: '', trigger: '' }));

/** The customer's database with the table in it. */
const withCustomers = (test: (url: string, sql: (text: string) => Promise<object[]>) => Promise<void>) =>
  withEmptyDatabase(async (_database, { url, sql }) => {
    const columns = csv
      .split('\n')[0]
      .trim()
      .split(',')
      .map(name => `"${name}" ${churn.columns[name]?.kind === 'number' ? 'numeric' : 'text'}`);
    await sql(`create table customer (${columns.join(', ')})`);
    await withClient(url, client =>
      pipeline(Readable.from([csv]), client.query(copyFrom('copy customer from stdin (format csv, header)'))),
    );
    await test(url, sql);
  });

const activeQueries = (sql: (text: string) => Promise<object[]>): Promise<object[]> =>
  sql(
    "select from pg_stat_activity where application_name = 'holdfast-ingest' and state = 'active' and datname = current_database()",
  );

const source = {
  kind: 'postgres',
  connection: 'CRM_DATABASE_URL',
  query: 'select * from customer',
  timeoutSeconds: 60,
} as const;

const withCopiesIn = async (folder: string, test: () => Promise<void>): Promise<void> => {
  const { TMPDIR } = process.env;
  process.env.TMPDIR = join(folder, 'copies');
  try {
    await test();
  } finally {
    if (TMPDIR === undefined) delete process.env.TMPDIR;
    else process.env.TMPDIR = TMPDIR;
  }
};

describe('ingestDataset', () => {
  it('never puts simulated customers in the place of real ones', async function () {
    await withControl(this, world =>
      withTemporaryFolder(async folder => {
        await startIngesting(world, folder, { kind: 'simulator', rows: 300, seed: 2 }, {});
        assert.equal((await ingest(world)).stage, 'version 1 is new');
        assert.equal((await ingest(world)).stage, 'unchanged, version 1');
        const data = join(folder, 'real.csv');
        await writeFile(data, csv);
        assert.equal((await ingest(world, data)).stage, 'version 2 is new');
        const refused = await ingest(world);
        assert.equal(refused.status, RunStatus.RUN_STATUS_FAILED);
        assert.match(
          refused.error,
          /names the simulator as its source, and the newest data came from .*real\.csv/,
        );
      }),
    );
  });

  it('makes a version of what a query gives, none of what has not changed, and the next of what has', function () {
    return withControl(this, world =>
      withTemporaryFolder(folder =>
        withCustomers(async (url, sql) => {
          await startIngesting(world, folder, source, { CRM_DATABASE_URL: url });
          const first = await ingest(world);
          assert.deepEqual(
            [first.status, first.kind, first.trigger, first.stage, first.error],
            [RunStatus.RUN_STATUS_SUCCEEDED, 'ingestDataset', 'api', 'version 1 is new', ''],
          );
          assert.deepEqual(
            [first.dataset?.version, first.dataset?.rows, first.dataset?.quarantined, first.dataset?.isNew],
            [1, 400, 0, true],
          );
          const dataset = await world.datasets.get({ model: 'churn', version: '' });
          assert.equal(dataset.source, 'the query on CRM_DATABASE_URL');
          assert.doesNotMatch(JSON.stringify([dataset, first]), /postgres:\/\//);

          // Every row anew and elsewhere on the disk, and by Temporal's own client with nothing.
          await sql('update customer set gender = gender where tenure > 20');
          const handle = await world.temporal.workflow.start('ingestDataset', {
            taskQueue: TASK_QUEUE,
            workflowId: 'ingest-by-hand',
            args: [],
          });
          const again = await endOf(world, { id: 'ingest-by-hand' });
          assert.deepEqual(
            [again.stage, again.trigger, again.dataset?.isNew, again.dataset?.digest],
            ['unchanged, version 1', 'temporal', false, first.dataset?.digest],
          );
          await saveHistories(world.temporal, handle, 'ingestDataset-alone');

          await sql(
            `update customer set tenure = tenure + 1 where "customerID" = (select min("customerID") from customer)`,
          );
          const changed = await ingest(world);
          assert.deepEqual([changed.stage, changed.dataset?.isNew], ['version 2 is new', true]);
          assert.equal((await world.datasets.list({ model: 'churn', ...firstPage })).datasets.length, 2);
          const { runs } = await world.runs.list({ model: 'churn', ...firstPage });
          assert.deepEqual(
            runs.map(({ kind }) => kind),
            ['ingestDataset', 'ingestDataset', 'ingestDataset'],
          );
        }),
      ),
    );
  });

  it('takes CSV and Parquet objects, which are the same table', function () {
    return withControl(this, world =>
      withTemporaryFolder(async folder => {
        const s3 = await testS3(this);
        await startIngesting(world, folder, undefined, s3.environment('reader'));
        const file = join(folder, 'table.csv');
        await writeFile(file, csv);
        const instance = await DuckDBInstance.create(':memory:');
        const connection = await instance.connect();
        await connection.run(
          `COPY (SELECT * REPLACE (CAST(tenure AS INTEGER) AS tenure, CAST(TotalCharges AS DOUBLE) AS TotalCharges) FROM read_csv('${file}', all_varchar = true, nullstr = '')) TO '${file}.parquet' (FORMAT parquet)`,
        );
        connection.closeSync();
        instance.closeSync();
        await s3.put('churn/table.csv', csv);
        await s3.put('churn/table.parquet', await readFile(`${file}.parquet`));
        const tables = [];
        for (const [format, stage] of [
          ['csv', 'version 1 is new'],
          ['parquet', 'version 2 is new'],
          ['csv', 'unchanged, version 1'],
        ] as const) {
          const run = await ingest(world, `s3://${s3.bucket}/churn/table.${format}`);
          assert.deepEqual([run.error, run.stage], ['', stage]);
          const { table } = await world.temporal.workflow.getHandle(run.workflowId).result();
          tables.push(table);
        }
        assert.equal(new Set(tables).size, 1);
        const nothing = await ingest(world);
        assert.match(nothing.error, /projects\/churn\.ts names no source/);
      }),
    );
  });

  it('really stops when it is cancelled, and leaves nothing behind', function () {
    return withControl(this, world =>
      withTemporaryFolder(folder =>
        withCustomers(async (url, sql) => {
          const query = 'select customer.*, pg_sleep(600) from customer';
          const kept = await startIngesting(world, folder, { ...source, query }, { CRM_DATABASE_URL: url });
          await withCopiesIn(folder, async () => {
            const before = await kept();
            const { id } = await world.datasets.ingest({ model: '', data: '', workflowId: '', trigger: '' });
            await waitUntil('the query runs', async () => (await activeQueries(sql)).length > 0);
            assert.equal((await kept()).copies.length, 1);
            await world.runs.cancel({ run: id });
            const run = await endOf(world, { id });
            assert.equal(run.status, RunStatus.RUN_STATUS_CANCELLED);
            assert.deepEqual([await kept(), (await activeQueries(sql)).length], [before, 0]);
          });
        }),
      ),
    );
  });

  it('says why a source failed, and leaves nothing behind', function () {
    return withControl(this, world =>
      withTemporaryFolder(folder =>
        withCustomers(async url => {
          const query = `select *, 1 / (row_number() over () - 300) as x from customer`;
          const kept = await startIngesting(world, folder, { ...source, query }, { CRM_DATABASE_URL: url });
          await withCopiesIn(folder, async () => {
            const before = await kept();
            const run = await ingest(world);
            assert.equal(run.status, RunStatus.RUN_STATUS_FAILED);
            assert.match(
              run.error,
              /the query on CRM_DATABASE_URL fails: PostgreSQL says "division by zero"/,
            );
            assert.deepEqual(await kept(), before);
          });
        }),
      ),
    );
  });

  it('refuses what it cannot start, and is no run of its own as a part of another', function () {
    return withControl(this, async ({ datasets, runs, temporal, startWorker }) => {
      for (const [change, message] of [
        [
          { data: 'table.csv' },
          /data: expected an absolute path that the workers can read, or s3:\/\/BUCKET\/KEY/,
        ],
        [{ workflowId: 'a b' }, /workflow_id/],
      ] as const)
        await assert.rejects(
          datasets.ingest({ model: '', data: '', workflowId: '', trigger: '', ...change }),
          expectError('invalidArgument', message),
        );
      await startWorker();
      const handle = await temporal.workflow.start('ingestDataset', {
        taskQueue: TASK_QUEUE,
        workflowId: 'ingest-wrongly',
        args: [{ modle: 'churn' }],
      });
      await assert.rejects(handle.result());
      const refused = await runs.get({ run: 'ingest-wrongly' });
      assert.match(refused.error, /The input of ingestDataset is not valid.*modle/s);
      const training = { model: '', data: '', recipe: '', workflowId: 'whole', trigger: '' };
      const { id } = await runs.startTraining(training);
      await endOf({ runs }, { id });
      await assert.rejects(runs.get({ run: 'whole-ingest' }), expectError('notFound', /There is no run/));
    });
  });
});
