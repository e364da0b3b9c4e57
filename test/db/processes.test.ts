import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import type { Database } from '../../db/Database.ts';
import { forgetProcess } from '../../db/processes/forgetProcess.ts';
import { listLoaded } from '../../db/processes/listLoaded.ts';
import { LIVE_WITHIN_MS, type LoadedVersion } from '../../db/processes/LoadedVersion.ts';
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

/** Every live process with what it says of the model, times aside. */
async function said(database: Database, model: string): Promise<[string, LoadedVersion | null][]> {
  const live = await listLoaded(database, model);
  return live.map(({ processId, loaded }) => {
    if (loaded === null) return [processId, null];
    const { loadedAt: _, ...rest } = loaded;
    return [processId, rest];
  });
}

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
      assert.deepEqual(await said(database, 'churn'), [
        ['a', failed('churn', 2, `no "memory" for it's\ufffd file`)],
        ['b', ready('churn', 1)],
      ]);
      assert.deepEqual(await said(database, 'bank'), [
        ['a', ready('bank', 1)],
        ['b', null],
      ]);
      for (const { reportedAt } of await listLoaded(database, 'churn'))
        assert.ok(Math.abs(Date.now() - reportedAt.getTime()) < 60_000);
    }));

  it('live with nothing loaded, and with models that their next report does not name', () =>
    withDatabase(async database => {
      await registerSamples(database, 1);
      await registerSamples(database, 1, 'bank');
      await reportLoaded(database, 'a', []);
      assert.deepEqual(await said(database, 'churn'), [['a', null]]);
      await reportLoaded(database, 'a', [ready('churn', 1), ready('bank', 1)]);
      await reportLoaded(database, 'a', [ready('bank', 1)]);
      assert.deepEqual(await said(database, 'churn'), [['a', null]]);
      assert.deepEqual(await said(database, 'bank'), [['a', ready('bank', 1)]]);
      await reportLoaded(database, 'a', []);
      assert.deepEqual(await said(database, 'bank'), [['a', null]]);
    }));

  it('date a version when they first say it, and themselves whenever they say anything', () =>
    withDatabase(async (database, { sql }) => {
      await registerSamples(database, 2);
      await reportLoaded(database, 'a', [ready('churn', 1)]);
      for (const [table, column] of [
        ['inference_process', 'reported_at'],
        ['inference_model', 'loaded_at'],
      ])
        await sql(`update ${table} set ${column} = now() - interval '10 seconds'`);
      const areOld = async (): Promise<boolean[]> => {
        const [{ reportedAt, loaded }] = await listLoaded(database, 'churn');
        return [reportedAt, loaded?.loadedAt].map(at => at !== undefined && Date.now() - at.getTime() > 5000);
      };
      assert.deepEqual(await areOld(), [true, true]);
      await reportLoaded(database, 'a', [ready('churn', 1)]);
      assert.deepEqual(await areOld(), [false, true]);
      await reportLoaded(database, 'a', [failed('churn', 1, 'gone')]);
      assert.deepEqual(await areOld(), [false, false]);
    }));

  it('are forgotten when they say good-bye, with all they had loaded', () =>
    withDatabase(async (database, { sql }) => {
      await registerSamples(database, 1);
      for (const id of ['a', 'b']) await reportLoaded(database, id, [ready('churn', 1)]);
      await forgetProcess(database, 'a');
      await forgetProcess(database, 'a');
      assert.deepEqual(await said(database, 'churn'), [['b', ready('churn', 1)]]);
      assert.deepEqual(await sql(`select process_id as id from inference_model`), [{ id: 'b' }]);
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
      for (const table of ['inference_process', 'inference_model'])
        assert.deepEqual(
          await sql(`select process_id as id from ${table} order by 1`),
          ['new', 'recent', 'silent'].map(id => ({ id })),
          table,
        );
    }));

  it('may report at once, also when all come back after a day', () =>
    withDatabase(async (database, { sql }) => {
      await registerSamples(database, 1);
      await registerSamples(database, 1, 'bank');
      const both = [ready('churn', 1), ready('bank', 1)];
      for (let round = 0; round < 2; round++) {
        await Promise.all(
          Array.from({ length: 40 }, (_, index) =>
            reportLoaded(database, `process ${index % 8}`, index % 2 === 0 ? both : both.toReversed()),
          ),
        );
        assert.deepEqual(
          (await said(database, 'bank')).map(([, loaded]) => loaded),
          Array.from({ length: 8 }, () => ready('bank', 1)),
        );
        await sql(`update inference_process set reported_at = now() - interval '2 days'`);
      }
    }));
});
