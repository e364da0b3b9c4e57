import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { recordDatasetVersion } from '../../db/datasets/recordDatasetVersion.ts';
import { attachDataset } from '../../db/runs/attachDataset.ts';
import { finishRun, type RunEnd } from '../../db/runs/finishRun.ts';
import { getRun } from '../../db/runs/getRun.ts';
import { listRuns } from '../../db/runs/listRuns.ts';
import type { RunResult } from '../../db/runs/Run.ts';
import { runList } from '../../db/runs/runList.ts';
import { startRun } from '../../db/runs/startRun.ts';
import { readListQuery } from '../../platform/listing/readListQuery.ts';
import { sha256 } from '../../platform/sha256.ts';
import { expectError } from '../support/expectError.ts';
import { firstPage } from '../support/firstPage.ts';
import { sampleDataset, sampleRun } from '../support/registrySamples.ts';
import { withDatabase } from '../support/withDatabase.ts';

const result: RunResult = {
  championVersion: 2,
  promotedTo: 'production',
  gate: [{ rule: 'minimumRocAuc', passed: true, detail: '0.85 is at least 0.6' }],
};
describe('training runs', () => {
  it('go from start over the dataset to their end', () =>
    withDatabase(async database => {
      const started = await startRun(database, sampleRun({ seed: 0xffffffff }));
      const { id, workflowId, model, trigger, input, definition, definitionDigest } = sampleRun();
      assert.deepEqual(
        { ...started, startedAt: null },
        {
          id,
          workflowId,
          model,
          kind: 'trainModel',
          trigger,
          status: 'running',
          stage: '',
          error: null,
          errorCode: null,
          input,
          definition,
          definitionDigest,
          seed: 0xffffffff,
          dataset: null,
          result: null,
          startedAt: null,
          finishedAt: null,
        },
      );
      const dataset = await recordDatasetVersion(database, sampleDataset());
      await attachDataset(database, id, dataset.id);
      const training = await getRun(database, id);
      const { version, digest, rows, quarantined } = dataset;
      assert.deepEqual(training.dataset, { id: dataset.id, version, digest, rows, quarantined });
      const finished = await finishRun(database, { id, status: 'succeeded', stage: 'done', result });
      const { startedAt, finishedAt } = finished;
      assert.ok(finishedAt !== null && finishedAt >= startedAt);
      assert.deepEqual(finished, { ...training, status: 'succeeded', stage: 'done', result, finishedAt });
      assert.deepEqual(await getRun(database, id), finished);
    }));

  it('may be started again by a retry, which changes nothing', () =>
    withDatabase(async database => {
      await startRun(database, sampleRun());
      const again = await startRun(database, sampleRun({ seed: 2 }));
      assert.equal(again.seed, 1);
      const many = await Promise.all(
        Array.from({ length: 10 }, () => startRun(database, sampleRun({ id: 'run-2' }))),
      );
      assert.equal(new Set(many.map(run => run.startedAt.getTime())).size, 1);
      await assert.rejects(
        startRun(database, sampleRun({ model: 'bank' })),
        expectError('internal', /for the model churn, not bank/),
      );
    }));

  it('take one dataset, of their own model', () =>
    withDatabase(async database => {
      const first = await recordDatasetVersion(database, sampleDataset());
      const second = await recordDatasetVersion(database, sampleDataset({ digest: sha256('second') }));
      const foreign = await recordDatasetVersion(database, sampleDataset({ model: 'bank' }));
      await startRun(database, sampleRun());
      await assert.rejects(attachDataset(database, 'run-1', foreign.id), /foreign key/);
      await attachDataset(database, 'run-1', first.id);
      await attachDataset(database, 'run-1', first.id);
      await assert.rejects(
        attachDataset(database, 'run-1', second.id),
        expectError('failedPrecondition', /already works on dataset version 1 of churn/),
      );
      await assert.rejects(
        attachDataset(database, 'nowhere', first.id),
        expectError('notFound', /runs list/),
      );
    }));

  const ends: readonly RunEnd[] = [
    { id: 'run-1', status: 'succeeded', result },
    { id: 'run-1', status: 'failed', error: 'The file is empty. Give another.' },
    { id: 'run-1', status: 'failed', error: 'It has no column Churn.', errorCode: 'invalidArgument' },
    { id: 'run-1', status: 'cancelled' },
    { id: 'run-1', status: 'cancelled', error: 'cancelled on request' },
  ];
  for (const end of ends)
    it(`stay ${end.status}${end.error ? ` (${end.error})` : ''}, whatever is said later`, () =>
      withDatabase(async database => {
        await startRun(database, sampleRun());
        const finished = await finishRun(database, end);
        assert.equal(finished.status, end.status);
        assert.equal(finished.error, end.error ?? null);
        assert.equal(finished.errorCode, end.errorCode ?? null);
        assert.deepEqual(finished.result, end.result ?? null);
        assert.deepEqual(await finishRun(database, end), finished);
        const other = end.status === 'failed' ? ends[0] : ends[1];
        await assert.rejects(
          finishRun(database, other),
          expectError('failedPrecondition', new RegExp(`already ${end.status}, not ${other.status}`)),
        );
        assert.deepEqual(await getRun(database, 'run-1'), finished);
        const dataset = await recordDatasetVersion(database, sampleDataset());
        await assert.rejects(
          attachDataset(database, 'run-1', dataset.id),
          expectError('failedPrecondition', /takes no dataset any more/),
        );
      }));

  it('are found by id, or as the newest of a workflow', () =>
    withDatabase(async (database, { sql }) => {
      for (const id of ['a', 'b', 'c']) await startRun(database, sampleRun({ id }));
      await startRun(database, sampleRun({ id: 'd', workflowId: 'other' }));
      await sql(`update training_run set started_at = now() + interval '1 hour' where id = 'b'`);
      assert.equal((await getRun(database, 'a')).id, 'a');
      assert.equal((await getRun(database, 'train-churn')).id, 'b');
      for (const act of [
        () => getRun(database, 'nowhere'),
        () => finishRun(database, { id: 'nowhere', status: 'cancelled' }),
      ])
        await assert.rejects(act(), expectError('notFound', /no run "nowhere".*runs list/));
    }));

  it('are listed newest first, by model and status, up to a limit, without their definitions', () =>
    withDatabase(async database => {
      for (const id of ['a', 'b', 'c']) await startRun(database, sampleRun({ id }));
      await startRun(database, sampleRun({ id: 'd', model: 'bank' }));
      await finishRun(database, { id: 'a', status: 'cancelled' });
      const list = async (filter = '', pageSize = 0) =>
        (await listRuns(database, readListQuery(runList, { ...firstPage, filter, pageSize }, {}))).map(
          ({ run }) => run,
        );
      const ids = async (...asked: Parameters<typeof list>) => (await list(...asked)).map(({ id }) => id);
      assert.deepEqual(await ids(), ['d', 'c', 'b', 'a']);
      assert.deepEqual(await ids('model = churn'), ['c', 'b', 'a']);
      assert.deepEqual(await ids('model = churn AND status = running', 1), ['c']);
      assert.deepEqual(await ids('model = nothing'), []);
      const { definition, ...summary } = await getRun(database, 'a');
      assert.deepEqual(definition, { name: 'churn' });
      assert.deepEqual((await list('status = cancelled'))[0], summary);
    }));
});
