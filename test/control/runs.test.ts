import assert from 'node:assert/strict';
import { once } from 'node:events';
import { CancelledFailure, Context } from '@temporalio/activity';
import { describe, it } from 'mocha';
import type { Activities } from '../../activities/createActivities.ts';
import { startRun } from '../../db/runs/startRun.ts';
import { trainerNames } from '../../ml/definition/ProjectDefinition.ts';
import { HoldfastError } from '../../platform/HoldfastError.ts';
import { type Run, RunStatus, type StartTrainingRequest } from '../../proto/gen/holdfast/v1/run.ts';
import { expectError } from '../support/expectError.ts';
import { firstPage } from '../support/firstPage.ts';
import { recordRun, sampleRun } from '../support/registrySamples.ts';
import { waitUntil } from '../support/waitUntil.ts';
import { type ControlWorld, withControl } from '../support/withControl.ts';

const { RUN_STATUS_RUNNING, RUN_STATUS_SUCCEEDED, RUN_STATUS_FAILED, RUN_STATUS_CANCELLED } = RunStatus;

const training = (changes: Partial<StartTrainingRequest> = {}): StartTrainingRequest => ({
  model: 'churn',
  data: '',
  recipe: '',
  workflowId: '',
  trigger: '',
  ...changes,
});

/** Training that has done two folds and goes on until it is cancelled. */
const endless: Pick<Activities, 'trainCandidate'> = {
  trainCandidate: async ({ trainer }) => {
    const { cancellationSignal, heartbeat } = Context.current();
    const beat = { trainer, folds: { 0: 'a', 1: 'b' }, foldsTotal: 5, seconds: 2.5 };
    const beating = setInterval(() => heartbeat(beat), 50);
    heartbeat(beat);
    try {
      await once(cancellationSignal, 'abort');
      throw new CancelledFailure('stopped');
    } finally {
      clearInterval(beating);
    }
  },
};

const untilTraining = (runs: ControlWorld['runs'], id: string): Promise<void> =>
  waitUntil('training with a heartbeat', async () => {
    const { candidates } = await runs.get({ run: id });
    const inTraining = candidates.filter(({ trainer }) => trainer !== 'blend');
    return inTraining.length > 0 && inTraining.every(({ foldsDone }) => foldsDone === 2);
  });

describe('RunService', () => {
  const refused: [string, Partial<StartTrainingRequest>, Parameters<typeof expectError>][] = [
    ['an unknown model', { model: 'chrun' }, ['notFound', /"chrun".*Did you mean "churn"/]],
    ['a relative path', { data: 'telco.csv' }, ['invalidArgument', /data: expected an absolute path/]],
    ['an unknown recipe', { recipe: 'best' }, ['invalidArgument', /recipe: expected holdfast or original/]],
    [
      'a workflow id with a space',
      { workflowId: 'a b' },
      ['invalidArgument', /workflow_id: .*without spaces/],
    ],
  ];
  for (const [what, changes, expected] of refused)
    it(`refuses ${what} before anything starts`, function () {
      return withControl(this, async ({ runs }) => {
        await assert.rejects(runs.startTraining(training(changes)), expectError(...expected));
        assert.deepEqual((await runs.list({ model: '', ...firstPage })).runs, []);
      });
    });

  it('answers a run that waits for a worker, and follows it to its end', function () {
    return withControl(this, async ({ runs, startWorker }) => {
      const started = await runs.startTraining(training({ trigger: 'cli' }));
      assert.match(started.workflowId, /^train-churn-\d{8}-\d{6}-[0-9a-f]{4}$/);
      assert.equal(started.status, RUN_STATUS_RUNNING);
      assert.equal(started.stage, 'waiting for a worker');
      assert.deepEqual([started.model, started.trigger, started.kind], ['churn', 'cli', 'trainModel']);
      const [listed] = (await runs.list({ model: 'churn', ...firstPage })).runs;
      assert.equal(listed?.id, started.id);
      assert.deepEqual((await runs.list({ model: 'bank', ...firstPage })).runs, []);

      const seen: Run[] = [];
      const watching = (async () => {
        for await (const run of runs.watch({ run: started.id })) seen.push(run);
      })();
      await waitUntil('the first answer', () => seen.length > 0);
      await startWorker({
        moveAlias: async () => ({ previousVersion: null, time: '2026-01-01T00:00:00.000Z' }),
      });
      await watching;
      assert.equal(seen[0]?.stage, 'waiting for a worker');
      assert.equal(seen.at(-1)?.status, RUN_STATUS_SUCCEEDED, seen.at(-1)?.error);
      assert.equal(seen.at(-1)?.result?.promotedTo, 'production');
      assert.equal(seen.at(-1)?.result?.championVersion, 3);
      assert.match(seen.at(-1)?.result?.choice ?? '', /^\w+ has the lowest log-loss in cross-validation/);
      assert.equal(seen.filter(({ status }) => status !== RUN_STATUS_RUNNING).length, 1);
      for (const [index, run] of seen.entries())
        if (index > 0) assert.notDeepEqual(run, seen[index - 1], 'an answer without a change');
      const ended = await runs.get({ run: started.workflowId });
      assert.deepEqual(ended, seen.at(-1));
      assert.ok(ended.endTime instanceof Date);
      await assert.rejects(
        runs.cancel({ run: started.id }),
        expectError('conflict', /has already succeeded; there is nothing to cancel/),
      );
    });
  });

  it('shows the folds of the candidates in training, and cancels them', function () {
    return withControl(this, async ({ runs, startWorker }) => {
      await startWorker(endless);
      const { id } = await runs.startTraining(training({ workflowId: 't1' }));
      await untilTraining(runs, id);
      const run = await runs.get({ run: 't1' });
      assert.equal(run.id, id);
      assert.equal(run.stage, 'training the candidates');
      assert.deepEqual(run.dataset, {
        version: 1,
        digest: 'a'.repeat(64),
        rows: 100,
        quarantined: 0,
        isNew: undefined,
      });
      assert.deepEqual(
        run.candidates.map(({ trainer, status, foldsDone, foldsTotal, seconds }) => [
          trainer,
          status,
          foldsDone,
          foldsTotal,
          seconds,
        ]),
        [...trainerNames.map(trainer => [trainer, 'training', 2, 5, 2.5]), ['blend', 'waiting', 0, 5, 0]],
      );
      assert.deepEqual((await runs.list({ model: '', ...firstPage })).runs, [run]);

      const again = await runs.startTraining(training({ workflowId: 't1' }));
      assert.equal(again.id, id, 'the same workflow id answers the run that is under way');

      const cancelling = await runs.cancel({ run: 't1' });
      assert.equal(cancelling.id, id);
      let last: Run | undefined;
      for await (const update of runs.watch({ run: id })) last = update;
      assert.equal(last?.status, RUN_STATUS_CANCELLED);
      assert.equal(last?.error, 'cancelled on request');

      const next = await runs.startTraining(training({ workflowId: 't1' }));
      assert.notEqual(next.id, id, 'an id whose run ended starts another');
      assert.equal((await runs.get({ run: 't1' })).id, next.id);
      assert.equal((await runs.get({ run: id })).status, RUN_STATUS_CANCELLED);
    });
  });

  it('says of a trainer elsewhere that nobody polls its queue', function () {
    return withControl(this, async ({ runs, startWorker, database }) => {
      await startWorker({
        ...endless,
        beginRun: async ({ runId: id, workflowId }) => {
          await startRun(database, sampleRun({ id, workflowId }));
          return {
            model: 'churn',
            trigger: 'test',
            definition: 'd'.repeat(64),
            data: null,
            trainers: ['logisticRegression', 'lightgbm'],
            elsewhere: [{ name: 'lightgbm', taskQueue: 'nobody-polls-this', startWithinSeconds: 600 }],
            folds: 5,
            selection: 'logLoss',
            gate: { minimumRocAuc: 0.6, maximumCalibrationError: 0.1, maximumLogLossIncrease: 0 },
          };
        },
      });
      const { id } = await runs.startTraining(training());
      let seen: (readonly [string, string, string])[] = [];
      await waitUntil('the work lies in its queue', async () => {
        const { candidates } = await runs.get({ run: id });
        seen = candidates.map(({ trainer, status, reason }) => [trainer, status, reason]);
        return seen.some(([, , reason]) => reason !== '');
      });
      assert.deepEqual(seen, [
        ['logisticRegression', 'training', ''],
        ['lightgbm', 'waiting', 'nobody polls its task queue yet'],
      ]);
    });
  });

  it('answers a run that was terminated as failed, though its row says running', function () {
    return withControl(this, async ({ runs, startWorker, temporal, database }) => {
      await startWorker(endless);
      const { id } = await runs.startTraining(training({ workflowId: 't2' }));
      await untilTraining(runs, id);
      await temporal.workflow.getHandle('t2').terminate('the disk is full');
      const run = await runs.get({ run: 't2' });
      assert.equal(run.status, RUN_STATUS_FAILED);
      assert.equal(run.error, 'terminated in Temporal: the disk is full');
      assert.ok(run.endTime instanceof Date);
      const [listed] = (await runs.list({ model: '', ...firstPage })).runs;
      assert.deepEqual(listed, run);
      const rows = await database.read(manager => manager.execute('select status from training_run'));
      assert.deepEqual(rows, [{ status: 'running' }], 'only the worker writes rows');
      const having = async (filter: string) =>
        (await runs.list({ model: '', ...firstPage, filter })).runs.map(each => each.id);
      assert.deepEqual(await having('status = RUN_STATUS_FAILED AND end_time:*'), [id]);
      assert.deepEqual(await having('status = running'), []);
    });
  });

  it('answers a run that Temporal does not know as failed', function () {
    return withControl(this, async ({ runs, database }) => {
      await recordRun(database);
      const run = await runs.get({ run: 'run-1' });
      assert.equal(run.status, RUN_STATUS_FAILED);
      assert.match(run.error, /does not know this run any more.*Start another one/);
      const [listed] = (await runs.list({ model: '', ...firstPage })).runs;
      assert.deepEqual(listed, run);
    });
  });

  it('pages through runs that are recorded and runs that no worker has begun', function () {
    return withControl(this, async ({ runs, database }) => {
      for (const id of ['run-1', 'run-2', 'run-3'])
        await startRun(database, sampleRun({ id, workflowId: `before-${id}` }));
      for (const workflowId of ['w1', 'w2', 'w3']) await runs.startTraining(training({ workflowId }));
      await waitUntil('Temporal lists all three', async () => {
        const { runs: all } = await runs.list({ model: '', ...firstPage });
        return all.length === 6;
      });
      for (const orderBy of ['', 'start_time', 'workflow_id desc']) {
        const whole = (await runs.list({ model: '', ...firstPage, orderBy })).runs;
        const paged: Run[] = [];
        let pageToken = '';
        do {
          const page = await runs.list({ model: '', ...firstPage, pageSize: 2, pageToken, orderBy });
          assert.equal(page.runs.length, 2);
          paged.push(...page.runs);
          pageToken = page.nextPageToken;
        } while (pageToken !== '');
        assert.deepEqual(
          paged.map(({ workflowId }) => workflowId),
          whole.map(({ workflowId }) => workflowId),
        );
      }
      const { runs: waiting } = await runs.list({ model: '', ...firstPage, filter: 'trigger = api' });
      assert.deepEqual(
        waiting.map(({ workflowId }) => workflowId),
        ['w3', 'w2', 'w1'],
      );
    });
  });

  it('answers why a run failed', function () {
    return withControl(this, async ({ runs, startWorker }) => {
      await startWorker({
        ingest: async () => {
          throw new HoldfastError('failedPrecondition', '60 % of the rows are bad. Look at the quarantine.');
        },
      });
      const { id } = await runs.startTraining(training());
      let last: Run | undefined;
      for await (const run of runs.watch({ run: id })) last = run;
      assert.equal(last?.status, RUN_STATUS_FAILED);
      assert.equal(last?.error, '60 % of the rows are bad. Look at the quarantine.');
      assert.equal(last?.errorCode, 'failedPrecondition');
    });
  });

  it('stops watching when the caller leaves', function () {
    return withControl(this, async ({ runs, startWorker }) => {
      await startWorker(endless);
      const { id } = await runs.startTraining(training());
      const leaving = new AbortController();
      await assert.rejects(async () => {
        for await (const run of runs.watch({ run: id }, { signal: leaving.signal }))
          if (run.candidates.length > 0) leaving.abort(new Error('gone'));
      }, /gone/);
    });
  });

  it('refuses what is no run, and a workflow id that something else has', function () {
    return withControl(this, async ({ runs, temporal }) => {
      for (const run of ['nothing', '01a2096d-9090-71ab-88e9-0556da880760'])
        await assert.rejects(runs.get({ run }), expectError('notFound', /There is no run/));
      await assert.rejects(runs.get({ run: '' }), expectError('invalidArgument', /run is empty/));
      await assert.rejects(
        runs.list({ model: '', ...firstPage, pageSize: -1 }),
        expectError('invalidArgument', /page_size is -1/),
      );
      await temporal.workflow.start('promoteModel', {
        taskQueue: 'nobody',
        workflowId: 'taken',
        args: [{ model: 'churn', version: 1, actor: 'test', reason: '' }],
      });
      await assert.rejects(runs.get({ run: 'taken' }), expectError('notFound', /no run "taken"/));
      await assert.rejects(
        runs.startTraining(training({ workflowId: 'taken' })),
        expectError('conflict', /belongs to a promoteModel/),
      );
    });
  });

  it('answers recorded runs as last known while Temporal is away', function () {
    return withControl(
      this,
      async ({ runs, database }) => {
        await recordRun(database);
        const run = await runs.get({ run: 'run-1' });
        assert.equal(run.status, RUN_STATUS_RUNNING);
        assert.match(run.stage, /last known: Temporal does not answer/);
        assert.equal((await runs.list({ model: '', ...firstPage })).runs.length, 1);
        await assert.rejects(runs.startTraining(training()), expectError('unavailable', /Temporal at/));
        await assert.rejects(runs.cancel({ run: 'run-1' }), expectError('unavailable', /Temporal at/));
      },
      { temporalAddress: '127.0.0.1:1' },
    );
  });
});
