import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'mocha';
import { createIngest } from '../../activities/data/createIngest.ts';
import { createValidateData } from '../../activities/data/createValidateData.ts';
import { simulateTelco } from '../../ml/simulation/simulateTelco.ts';
import { telcoCsv } from '../../ml/simulation/telcoCsv.ts';
import { sha256 } from '../../platform/sha256.ts';
import { type Run, RunStatus } from '../../proto/gen/holdfast/v1/run.ts';
import { expectError } from '../support/expectError.ts';
import { firstPage } from '../support/firstPage.ts';
import { saveHistories } from '../support/histories.ts';
import { runHoldfast } from '../support/runHoldfast.ts';
import { type ControlWorld, withControl } from '../support/withControl.ts';

// Tables that are sent instead of named: taken in, and validated, by the workers' real code.

const customers = [...telcoCsv(simulateTelco({ rows: 200, seed: 3 }))].join('');

const startWorker = ({ startWorker: start, database, artifacts, home }: ControlWorld): Promise<void> => {
  const ports = { database, artifacts, home, environment: {} };
  return start({ ingest: createIngest(ports), validateData: createValidateData(ports) });
};

const sent = (content: string, fileName = 'customers.csv') => ({
  model: 'churn',
  content: Buffer.from(content),
  digest: '',
  fileName,
});

async function ended({ runs }: ControlWorld, id: string): Promise<Run | undefined> {
  let last: Run | undefined;
  for await (const run of runs.watch({ run: id })) last = run;
  return last;
}

describe('tables that are sent', () => {
  it('become dataset versions, the same bytes the same one', function () {
    return withControl(this, async world => {
      await startWorker(world);
      const { datasets } = world;
      const asked = { ...sent(customers), workflowId: '', trigger: '' };
      const first = await ended(world, (await datasets.upload(asked)).id);
      assert.equal(first?.status, RunStatus.RUN_STATUS_SUCCEEDED, first?.error);
      assert.deepEqual([first.kind, first.dataset?.isNew, first.dataset?.rows], ['ingestDataset', true, 200]);
      const again = await ended(world, (await datasets.upload(asked)).id);
      assert.deepEqual([again?.stage, again?.dataset?.isNew], ['unchanged, version 1', false]);
      const { datasets: all } = await datasets.list({ model: 'churn', ...firstPage });
      assert.deepEqual(
        all.map(({ source, digest }) => [source, digest]),
        [['customers.csv, uploaded', sha256(customers)]],
      );
      for (const [changes, message] of [
        [{ content: Buffer.alloc(0) }, /content: expected a CSV or Parquet file, got 0 bytes/],
        [{ fileName: 'x'.repeat(201) }, /file_name: expected at most 200 characters/],
      ] as const)
        await assert.rejects(
          datasets.upload({ ...asked, ...changes }),
          expectError('invalidArgument', message),
        );
    });
  });

  it('are validated column by column, without a trace', function () {
    return withControl(this, async world => {
      await startWorker(world);
      const { datasets, temporal, home } = world;
      const validate = (content: string) => datasets.validate({ ...sent(content), data: '' });
      const good = await validate(customers);
      assert.deepEqual(
        [good.acceptable, good.reason, good.sourceRows, good.rows, good.quarantined, good.digest],
        [true, '', 200, 200, 0, sha256(customers)],
      );
      assert.deepEqual([good.columns[0].name, good.columns.at(-1)?.name], ['customerID', 'Churn']);
      assert.ok(good.columns.every(({ violationCount }) => violationCount === 0));
      assert.ok(good.profile !== undefined);

      const [header, ...rows] = customers.trimEnd().split('\n');
      const names = header.split(',');
      const spoilt = rows.map((row, index) => {
        const fields = row.split(',');
        if (index < 3) fields[names.indexOf('tenure')] = 'long';
        if (index === 5) fields[names.indexOf('Contract')] = 'For ever';
        return fields.join(',');
      });
      const text = [`${header},Note`, ...spoilt.map(row => `${row},x`)].join('\n');
      const bad = await validate(text);
      assert.deepEqual([bad.rows, bad.quarantined, bad.acceptable], [196, 4, true]);
      const columns = new Map(bad.columns.map(column => [column.name, column]));
      assert.deepEqual(columns.get('tenure')?.kinds, { number: 3 });
      assert.deepEqual(columns.get('Contract')?.kinds, { level: 1 });
      const { row, value } = columns.get('Contract')?.example ?? {};
      assert.deepEqual([row, value], [6, 'For ever']);
      assert.deepEqual(bad.ignoredColumns, ['Note']);
      assert.equal(bad.violations.length, 4);

      const few = await validate([header, ...rows.slice(0, 10)].join('\n'));
      assert.deepEqual([few.acceptable, few.rows], [false, 10]);
      assert.match(few.reason, /10 usable rows, expected at least 50/);
      const lacking = await validate('a,b\n1,2\n');
      assert.deepEqual([lacking.acceptable, lacking.sourceRows, lacking.profile], [false, 0, undefined]);
      assert.match(lacking.reason, /customerID/);
      await assert.rejects(
        datasets.validate({ ...sent('x'), data: '/x.csv' }),
        expectError('invalidArgument', /expected either content .* or data/),
      );
      await assert.rejects(
        datasets.validate({ ...sent(''), data: join(home, 'nowhere.csv') }),
        expectError('notFound', /nowhere\.csv/),
      );
      assert.deepEqual((await datasets.list({ model: '', ...firstPage })).datasets, []);
      for await (const { workflowId, runId } of temporal.workflow.list({
        query: 'WorkflowType = "validateDataset" AND ExecutionStatus = "Completed"',
      })) {
        await saveHistories(temporal, temporal.workflow.getHandle(workflowId, runId), 'validateDataset');
        break;
      }

      const file = join(home, 'spoilt.csv');
      await writeFile(file, text);
      const shown = await runHoldfast(['datasets', 'validate', file], { control: world.address });
      assert.equal(shown.code, 0, shown.stderr);
      assert.match(shown.stdout, /196 of 200 rows would be taken, 4 quarantined\. The table would be taken/);
      assert.match(shown.stdout, /^tenure +3 +number 3 +1 +"long" +/m);
      assert.match(shown.stdout, /Not looked at: Note/);
    });
  });
});
