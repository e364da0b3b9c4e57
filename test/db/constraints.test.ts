import assert from 'node:assert/strict';
import { after, before, describe, it } from 'mocha';
import { moveAlias } from '../../db/aliases/moveAlias.ts';
import { startExperiment } from '../../db/experiments/startExperiment.ts';
import { reportLoaded } from '../../db/processes/reportLoaded.ts';
import { finishRun } from '../../db/runs/finishRun.ts';
import { startRun } from '../../db/runs/startRun.ts';
import { sha256 } from '../../platform/sha256.ts';
import { registerSamples, sampleRun } from '../support/registrySamples.ts';
import { openTestDatabase } from '../support/withDatabase.ts';

// What the schema refuses from any program, also from one that does not ask through db/.

const digest = sha256('any');
const insertDataset = (column: string, value: string): string =>
  `insert into dataset_version
     (model, version, digest, schema_digest, table_digest, source_artifact, source, source_rows, rows, quarantined,
      quarantine_file, schema, profile, violations)
   select (r).model, (r).version, (r).digest, (r).schema_digest, (r).table_digest, (r).source_artifact, (r).source,
     (r).source_rows, (r).rows, (r).quarantined, (r).quarantine_file, (r).schema, (r).profile, (r).violations
   from (select json_populate_record(d, json_build_object('version', 2, 'digest', '${digest}', '${column}', ${value})) as r
         from dataset_version d) as changed`;
const insertEvent = (from: string, to: number, revision: number): string =>
  `insert into alias_event (model, alias, revision, from_version, to_version, actor, reason, operation_id, at)
   values ('churn', 'production', ${revision}, ${from}, ${to}, 'x', '', 'o', now() + interval '1 hour')`;

const refused: readonly { rule: string; statement: string; because: RegExp }[] = [
  {
    rule: 'two Productions of a model',
    statement: `insert into model_alias values ('churn', 'production', 2, 1, now())`,
    because: /model_alias_pkey/,
  },
  {
    rule: 'an alias of another name',
    statement: `insert into model_alias values ('churn', 'champion', 2, 1, now())`,
    because: /alias_name/,
  },
  {
    rule: 'an alias on a version that is not there',
    statement: `update model_alias set version = 9, revision = revision + 1`,
    because: /model_alias_model_version_fkey/,
  },
  {
    rule: 'an alias that moves without an event',
    statement: `update model_alias set version = 1, revision = revision + 1`,
    because: /model_alias_has_its_event/,
  },
  {
    rule: 'an alias that goes back in its history',
    statement: `update model_alias set version = 1, revision = 1`,
    because: /must go from revision 2 to the next/,
  },
  {
    rule: 'a new alias without an event',
    statement: `insert into model_alias values ('churn', 'staging', 2, 1, now())`,
    because: /model_alias_has_its_event/,
  },
  {
    rule: 'an alias that vanishes',
    statement: `delete from model_alias`,
    because: /delete of model_alias is refused/,
  },
  {
    rule: 'aliases that vanish',
    statement: `truncate model_alias`,
    because: /truncate of model_alias is refused/,
  },
  { rule: 'an event without a move', statement: insertEvent('2', 3, 3), because: /did not move the alias/ },
  {
    rule: 'an event from elsewhere',
    statement: insertEvent('1', 3, 3),
    because: /alias_event_follows_the_one_before/,
  },
  { rule: 'an event from nowhere', statement: insertEvent('null', 3, 3), because: /comes_from_nowhere/ },
  {
    rule: 'an event after a gap',
    statement: insertEvent('2', 3, 4),
    because: /alias_event_follows_the_one_before/,
  },
  {
    rule: 'a second history',
    statement: insertEvent('1', 3, 2),
    because: /alias_event_model_alias_revision_key/,
  },
  { rule: 'an event that goes nowhere', statement: insertEvent('2', 2, 3), because: /alias_event_moves/ },
  {
    rule: 'an event earlier than the one before',
    statement: `with e as (insert into alias_event (model, alias, revision, from_version, to_version, actor, reason, operation_id, at)
        values ('churn', 'production', 3, 2, 3, 'x', '', 'o', now() - interval '1 hour'))
      update model_alias set version = 3, revision = 3`,
    because: /not later than the one before/,
  },
  {
    rule: 'an operation twice',
    statement: insertEvent('2', 3, 3).replace(`'o'`, `'second'`),
    because: /operation_id_key/,
  },
  {
    rule: 'a history rewritten',
    statement: `update alias_event set reason = 'another'`,
    because: /update of alias_event is refused/,
  },
  {
    rule: 'a history shortened',
    statement: `delete from alias_event`,
    because: /delete of alias_event is refused/,
  },
  {
    rule: 'a history emptied',
    statement: `truncate alias_event cascade`,
    because: /truncate of (alias_event|model_alias) is refused/,
  },
  {
    rule: 'a model version changed',
    statement: `update model_version set metrics = '{}'`,
    because: /update of model_version is refused/,
  },
  {
    rule: 'a model version removed',
    statement: `delete from model_version where version = 3`,
    because: /delete of model_version is refused/,
  },
  {
    rule: 'versions emptied',
    statement: `truncate model_version cascade`,
    because: /truncate of \w+ is refused/,
  },
  {
    rule: 'a dataset version changed',
    statement: `update dataset_version set rows = rows`,
    because: /update of dataset_version is refused/,
  },
  {
    rule: 'a version of another model’s run',
    statement: `insert into model_version (model, version, run_id, trainer, digest, dataset_version_id, definition_digest,
        threshold, metrics, cross_validation, signature, parameters, seconds)
      select 'bank', 1, run_id, 'new', digest, dataset_version_id, definition_digest, threshold, metrics, cross_validation,
        signature, parameters, seconds from model_version where version = 1`,
    because: /model_version_model_run_id_fkey/,
  },
  {
    rule: 'a run that registers a trainer twice',
    statement: `insert into model_version (model, version, run_id, trainer, digest, dataset_version_id, definition_digest,
        threshold, metrics, cross_validation, signature, parameters, seconds)
      select model, 99, run_id, trainer, digest, dataset_version_id, definition_digest, threshold, metrics, cross_validation,
        signature, parameters, seconds from model_version where version = 1`,
    because: /model_version_run_id_trainer_key/,
  },
  { rule: 'rows that do not reconcile', statement: insertDataset('rows', '99'), because: /rows_reconcile/ },
  {
    rule: 'quarantined rows that are not kept',
    statement: insertDataset('quarantine_file', 'null'),
    because: /quarantine_is_kept/,
  },
  {
    rule: 'a digest in capitals',
    statement: insertDataset('digest', `'${digest.toUpperCase()}'`),
    because: /sha256_digest/,
  },
  { rule: 'a digest cut short', statement: insertDataset('table_digest', `'abc'`), because: /sha256_digest/ },
  {
    rule: 'a model’s name with a space',
    statement: insertDataset('model', `'my model'`),
    because: /model_name/,
  },
  {
    rule: 'a number twice',
    statement: insertDataset('version', '1'),
    because: /dataset_version_model_version_key/,
  },
  {
    rule: 'the same bytes twice under one schema',
    statement: insertDataset('source', `'copy.csv'`).replace(`'digest', '${digest}', `, ''),
    because: /dataset_version_model_digest_schema_digest_key/,
  },
  { rule: 'a list for a schema', statement: insertDataset('schema', `'[]'::json`), because: /schema_check/ },
  {
    rule: 'a run of an unknown status',
    statement: `update training_run set status = 'lost', finished_at = now() where status = 'running'`,
    because: /training_run_status_check/,
  },
  {
    rule: 'an end without a time',
    statement: `update training_run set status = 'cancelled' where status = 'running'`,
    because: /training_run_end_is_dated/,
  },
  {
    rule: 'a success without a result',
    statement: `update training_run set status = 'succeeded', finished_at = now() where status = 'running'`,
    because: /training_run_success_has_result/,
  },
  {
    rule: 'a failure without a reason',
    statement: `update training_run set status = 'failed', finished_at = now() where status = 'running'`,
    because: /training_run_failure_is_explained/,
  },
  {
    rule: 'an end before the start',
    statement: `update training_run set status = 'cancelled', finished_at = started_at - interval '1 second' where status = 'running'`,
    because: /training_run_end_follows_start/,
  },
  {
    rule: 'a run that goes on after its end',
    statement: `update training_run set stage = 'again' where id = 'ended'`,
    because: /run ended has cancelled: it never changes again/,
  },
  {
    rule: 'what a process loaded without the process',
    statement: `insert into inference_model (process_id, model, version, digest, state)
      select 'nobody', model, version, digest, 'ready' from model_version where version = 1`,
    because: /inference_model_process_id_fkey/,
  },
  {
    rule: 'a process that failed without a reason',
    statement: `update inference_model set state = 'failed'`,
    because: /inference_model_failure_is_explained/,
  },
  {
    rule: 'a process with a version that is not there',
    statement: `update inference_model set version = 9`,
    because: /inference_model_model_version_fkey/,
  },
  {
    rule: 'two running experiments of a model',
    statement: `insert into experiment values ('churn', 'second', 's', 'running', 1, now())`,
    because: /experiment_one_runs/,
  },
  {
    rule: 'an experiment by the name of AB_ENABLED’s',
    statement: `insert into experiment values ('churn', 'ab-default-1-2', 's', 'stopped', 1, now(), now())`,
    because: /experiment_name_check/,
  },
  {
    rule: 'an experiment without its event',
    statement: `insert into experiment values ('churn', 'silent', 's', 'stopped', 1, now(), now())`,
    because: /experiment_has_its_event/,
  },
  {
    rule: 'an experiment with another salt',
    statement: `update experiment set salt = 'another', revision = 2`,
    because: /keeps its salt/,
  },
  {
    rule: 'an experiment that skips a revision',
    statement: `update experiment set revision = 3`,
    because: /from revision 1 to the next/,
  },
  {
    rule: 'an experiment that ends without a time',
    statement: `update experiment set status = 'stopped', revision = 2`,
    because: /experiment_end_is_dated/,
  },
  {
    rule: 'an experiment that vanishes',
    statement: `delete from experiment`,
    because: /delete of experiment is refused/,
  },
  {
    rule: 'an arm that becomes another version',
    statement: `update experiment_arm set version = 3`,
    because: /update of experiment_arm is refused/,
  },
  {
    rule: 'an arm of two versions',
    statement: `insert into experiment_arm values ('churn', 'ab', 3, 'D', 3, 'staging', false)`,
    because: /experiment_arm_is_one_version/,
  },
  {
    rule: 'a second shadow arm',
    statement: `insert into experiment_arm values ('churn', 'ab', 3, 'D', 3, null, true)`,
    because: /experiment_arm_one_shadow/,
  },
  {
    rule: 'a history of an experiment rewritten',
    statement: `update experiment_event set reason = 'another'`,
    because: /update of experiment_event is refused/,
  },
  ...(
    [
      ['with a gap', 'A', 4000, 'B', 4001, 10_000],
      ['that ends early', 'A', 4000, 'B', 4000, 9999],
      ['to the shadow arm', 'A', 4000, 'C', 4000, 10_000],
      ['to no arm', 'A', 4000, 'X', 4000, 10_000],
    ] as const
  ).map(([what, first, to, second, from, end]) => ({
    rule: `an allocation ${what}`,
    statement: `with e as (insert into experiment_event values ('churn', 'ab', 2, 'adjust',
        '[{"arm":"${first}","from":0,"to":${to}},{"arm":"${second}","from":${from},"to":${end}}]', 'x', '', now()))
      update experiment set revision = 2`,
    because: /does not give each of the 10000 buckets to one of its answering arms/,
  })),
  {
    rule: 'a second exposure of a unit',
    statement: `insert into exposure select model, experiment, unit_key, 'B', version, gen_random_uuid(), now() from exposure`,
    because: /exposure_pkey/,
  },
  {
    rule: 'a prediction of no day that was made ready',
    statement: `insert into prediction values (gen_random_uuid(), 0, now(), 'churn', 1, 'u', 'answer', null, null, 0.5, 'Yes', 0.4)`,
    because: /no partition of relation "prediction"/,
  },
];

describe('the schema refuses', () => {
  let shared: Awaited<ReturnType<typeof openTestDatabase>>;

  before(async () => {
    shared = await openTestDatabase();
    const { database } = shared;
    const [first] = await registerSamples(database, 3);
    const move = { model: 'churn', alias: 'production', actor: 'ada', reason: '' } as const;
    await moveAlias(database, { ...move, version: 1, operationId: 'first' });
    await moveAlias(database, { ...move, version: 2, operationId: 'second' });
    await startRun(database, sampleRun({ id: 'ended' }));
    await finishRun(database, { id: 'ended', status: 'cancelled' });
    const { model, version, digest: loaded } = first;
    await startExperiment(database, {
      model: 'churn',
      name: 'ab',
      salt: 's',
      arms: [
        { name: 'A', version: null, alias: 'production', shadow: false },
        { name: 'B', version: 1, alias: null, shadow: false },
        { name: 'C', version: 3, alias: null, shadow: true },
      ],
      weights: [
        { arm: 'A', weight: 4000 },
        { arm: 'B', weight: 6000 },
      ],
      actor: 'ada',
      reason: '',
    });
    await shared.sql(`insert into exposure values ('churn', 'ab', 'unit', 'A', 1, gen_random_uuid(), now())`);
    await reportLoaded(database, 'p', [{ model, version, digest: loaded, state: 'ready', error: null }]);
  });
  after(() => shared.close());

  const everything = () =>
    shared.sql(`select (select json_agg(a) from model_alias a) as aliases, (select json_agg(e) from alias_event e) as events,
      (select json_agg(v) from model_version v) as versions, (select json_agg(d) from dataset_version d) as datasets,
      (select json_agg(r) from training_run r) as runs, (select json_agg(p) from inference_process p) as processes,
      (select json_agg(m) from inference_model m) as loaded, (select json_agg(x) from experiment x) as experiments,
      (select json_agg(a) from experiment_arm a) as arms, (select json_agg(e) from experiment_event e) as changes,
      (select json_agg(e) from exposure e) as exposures`);

  for (const { rule, statement, because } of refused)
    it(rule, async () => {
      const before = await everything();
      await assert.rejects(shared.sql(statement), because);
      assert.deepEqual(await everything(), before);
    });
});
