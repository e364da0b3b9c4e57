import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { forgetProcess } from '../../db/processes/forgetProcess.ts';
import { listLoaded } from '../../db/processes/listLoaded.ts';
import { LIVE_WITHIN_MS, type LoadedVersion, type ProcessReport } from '../../db/processes/LoadedVersion.ts';
import { reportLoaded } from '../../db/processes/reportLoaded.ts';
import { sha256 } from '../../platform/sha256.ts';
import { registerSamples } from '../support/registrySamples.ts';
import { withDatabase } from '../support/withDatabase.ts';

const ready = (model: string, version: number): LoadedVersion => ({
  model,
  version,
  digest: sha256(`model file of trainer${version}`),
  state: 'ready',
  error: null,
});
const failed = (model: string, version: number, error: string): LoadedVersion => ({
  ...ready(model, version),
  state: 'failed',
  error,
});
const withoutTime = ({ processId, model, version, digest, state, error }: ProcessReport) => ({
  processId,
  model,
  version,
  digest,
  state,
  error,
});

describe('inference processes', () => {
  it('are known by what they reported last', () =>
    withDatabase(async database => {
      await registerSamples(database, 2);
      await registerSamples(database, 1, 'bank');
      await reportLoaded(database, 'a', [ready('churn', 1), ready('bank', 1)]);
      await reportLoaded(database, 'b', [ready('churn', 1)]);
      await reportLoaded(database, 'a', [
        failed('churn', 2, `no "memory" for it's\0 file`),
        ready('bank', 1),
      ]);
      const reports = await listLoaded(database);
      assert.deepEqual(reports.map(withoutTime), [
        { processId: 'a', ...ready('bank', 1) },
        { processId: 'a', ...failed('churn', 2, `no "memory" for it's\ufffd file`) },
        { processId: 'b', ...ready('churn', 1) },
      ]);
      for (const { reportedAt } of reports) assert.ok(Math.abs(Date.now() - reportedAt.getTime()) < 60_000);
      assert.deepEqual(
        await listLoaded(database, 'churn'),
        reports.filter(({ model }) => model === 'churn'),
      );
    }));

  it('no longer hold what their next report does not name', () =>
    withDatabase(async database => {
      await registerSamples(database, 1);
      await registerSamples(database, 1, 'bank');
      await reportLoaded(database, 'a', [ready('churn', 1), ready('bank', 1)]);
      await reportLoaded(database, 'a', [ready('bank', 1)]);
      assert.deepEqual(
        (await listLoaded(database)).map(({ model }) => model),
        ['bank'],
      );
      await reportLoaded(database, 'a', []);
      assert.deepEqual(await listLoaded(database), []);
    }));

  it('are forgotten when they say good-bye', () =>
    withDatabase(async database => {
      await registerSamples(database, 1);
      for (const id of ['a', 'b']) await reportLoaded(database, id, [ready('churn', 1)]);
      await forgetProcess(database, 'a');
      await forgetProcess(database, 'a');
      assert.deepEqual(
        (await listLoaded(database)).map(({ processId }) => processId),
        ['b'],
      );
    }));

  it('are no longer live when they have been silent, and are removed after a day', () =>
    withDatabase(async (database, { sql }) => {
      await registerSamples(database, 1);
      for (const id of ['recent', 'silent', 'dead']) await reportLoaded(database, id, [ready('churn', 1)]);
      const age = (id: string, ms: number) =>
        sql(
          `update inference_process set reported_at = now() - $2 * interval '1 millisecond' where process_id = $1`,
          [id, ms],
        );
      await age('recent', LIVE_WITHIN_MS - 5000);
      await age('silent', LIVE_WITHIN_MS + 100);
      await age('dead', 25 * 3600_000);
      const live = async () => (await listLoaded(database, 'churn')).map(({ processId }) => processId);
      assert.deepEqual(await live(), ['recent']);
      await reportLoaded(database, 'new', [ready('churn', 1)]);
      assert.deepEqual(await live(), ['new', 'recent']);
      assert.deepEqual(
        (await sql<{ id: string }>(`select process_id as id from inference_process order by 1`)).map(
          ({ id }) => id,
        ),
        ['new', 'recent', 'silent'],
      );
    }));

  it('may report at once', () =>
    withDatabase(async database => {
      await registerSamples(database, 1);
      await registerSamples(database, 1, 'bank');
      const both = [ready('churn', 1), ready('bank', 1)];
      await Promise.all(
        Array.from({ length: 40 }, (_, index) =>
          reportLoaded(database, `process ${index % 8}`, index % 2 === 0 ? both : both.toReversed()),
        ),
      );
      assert.equal((await listLoaded(database)).length, 16);
    }));
});
