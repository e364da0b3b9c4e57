import assert from 'node:assert/strict';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Metadata } from '@grpc/grpc-js';
import { describe, it } from 'mocha';
import { changeExperiment } from '../../db/experiments/changeExperiment.ts';
import type { ExperimentArm } from '../../db/experiments/Experiment.ts';
import { startExperiment } from '../../db/experiments/startExperiment.ts';
import { openLazily } from '../../db/openLazily.ts';
import { allocateBuckets, type ArmWeight } from '../../ml/experiments/allocateBuckets.ts';
import { createAssignment } from '../../ml/experiments/createAssignment.ts';
import { createLocalArtifactStore } from '../../platform/createLocalArtifactStore.ts';
import { expectError } from '../support/expectError.ts';
import { goodInstance, smallModel } from '../support/smallModel.ts';
import { waitUntil } from '../support/waitUntil.ts';
import { withGateway } from '../support/withGateway.ts';
import { type InferenceWorld, type Served, withInference } from '../support/withInference.ts';

const arm = (name: string, version: number | 'production' | 'staging', shadow = false): ExperimentArm => ({
  name,
  version: typeof version === 'number' ? version : null,
  alias: typeof version === 'number' ? null : version,
  shadow,
});
const weights = (...shares: readonly number[]): ArmWeight[] =>
  shares.map((share, place) => ({ arm: 'ABC'[place], weight: 100 * share }));

const half = { arms: [arm('A', 'production'), arm('B', 2)], weights: weights(50, 50) };

const begin = (
  { database }: InferenceWorld,
  asked: { name?: string; arms: ExperimentArm[]; weights: ArmWeight[] },
) =>
  startExperiment(database, {
    model: 'churn',
    name: 'ab',
    salt: 'salt',
    actor: 'test',
    reason: '',
    ...asked,
  });

const adjust = ({ database }: InferenceWorld, to: readonly ArmWeight[]) =>
  changeExperiment(database, {
    model: 'churn',
    name: 'ab',
    kind: 'adjust',
    actor: 'test',
    reason: '',
    allocate: ({ allocation }) => allocateBuckets(allocation, to),
  });

const stop = ({ database }: InferenceWorld) =>
  changeExperiment(database, {
    model: 'churn',
    name: 'ab',
    kind: 'stop',
    actor: 'test',
    reason: '',
    allocate: ({ allocation }) => allocation,
  });

const units = Array.from({ length: 200 }, (_, n) => `unit-${n}`);

const headers = (values: Record<string, string>): Metadata => {
  const metadata = new Metadata();
  for (const [name, value] of Object.entries(values)) metadata.set(name, value);
  return metadata;
};

/** The answer to a unit, named by the header. */
const ask = (
  { client }: Served,
  unit: string,
  {
    version = '',
    more = {},
    rows = 1,
  }: { version?: string; more?: Record<string, string>; rows?: number } = {},
) =>
  client.predict(
    { model: '', version, instances: Array.from({ length: rows }, () => goodInstance) },
    { metadata: headers({ ...(unit && { 'x-unit-id': unit }), ...more }) },
  );

const armsOf = async (served: Served, of = units): Promise<string> =>
  (await Promise.all(of.map(unit => ask(served, unit)))).map(answer => answer.arm || '-').join('');

const expected = (ranges: ReturnType<typeof allocateBuckets>, of = units): string =>
  of.map(createAssignment('salt', ranges)).join('');

const begun = (served: Served, name = 'ab'): Promise<void> =>
  waitUntil('the experiment has begun', () => served.inference.store.experiment('churn')?.name === name);

const shipped = ({ inference }: Served): Promise<void> =>
  waitUntil('everything is shipped', () => inference.log.pendingBytes() === 0);

/** Three versions of churn, the first in Production. */
const withVersions = (test: (world: InferenceWorld) => Promise<void>): Promise<void> =>
  withInference(async world => {
    await world.register(smallModel(), smallModel({ shift: 1 }), smallModel({ shift: 2 }));
    await world.promote(1);
    await test(world);
  });

const rowsOf = <Row extends object>({ database }: InferenceWorld, query: string): Promise<Row[]> =>
  database.read(manager => manager.execute<Row[]>(query));

describe('an experiment in inference', () => {
  it('answers each unit by its arm, the same in two processes, after restarts and without PostgreSQL', () =>
    withVersions(async world => {
      const [one, two] = [await world.start(), await world.start()];
      assert.equal((await ask(one, 'unit-1')).arm, '');
      await begin(world, half);
      await Promise.all([begun(one), begun(two)]);
      const first = allocateBuckets([], half.weights);
      const arms = expected(first);
      assert.ok(arms.includes('A') && arms.includes('B'));
      assert.equal(await armsOf(one), arms);
      assert.equal(await armsOf(two), arms);
      const answered = new Set<string>();
      for (const unit of units.slice(0, 20)) {
        const { arm: of, modelVersion } = await ask(one, unit);
        answered.add(`${of} by version ${modelVersion}`);
      }
      assert.deepEqual(answered, new Set(['A by version 1', 'B by version 2']));
      await two.inference.close();
      const again = await world.start();
      await begun(again);
      assert.equal(await armsOf(again), arms);
      // What was kept is enough: nobody needs PostgreSQL to know who is in which arm.
      await waitUntil('the local copy is written', async () => {
        const alone = await world.start({
          connectionString: 'postgres://nobody@127.0.0.1:1/none',
          startMs: 20_000,
          database: absent,
        });
        const same = (await armsOf(alone)) === arms;
        await alone.inference.close();
        return same;
      });
      await adjust(world, weights(30, 70));
      const second = expected(allocateBuckets(first, weights(30, 70)));
      await waitUntil('the weights are changed', async () => (await armsOf(one)) === second);
      const moved = units.filter((_, n) => arms[n] !== second[n]);
      assert.ok(moved.length > 20 && moved.length < 60, String(moved.length));
      await shipped(one);
      await shipped(again);
      const [{ count, wrong }] = await rowsOf<{ count: number; wrong: number }>(
        world,
        `select count(*)::integer as count, count(*) filter (where version <> case arm when 'A' then 1 else 2 end)::integer as wrong from exposure`,
      );
      assert.deepEqual([count, wrong], [units.length, 0]);
      const exposures = await rowsOf<{ unit_key: string; arm: string }>(
        world,
        'select unit_key, arm from exposure',
      );
      const byUnit = new Map(exposures.map(row => [row.unit_key, row.arm]));
      assert.equal(units.map(unit => byUnit.get(unit)).join(''), arms, 'the first exposure stays');
      await stop(world);
      await waitUntil('it has stopped', async () => /^-+$/.test(await armsOf(one)));
    }));

  it('takes the unit from the header, else from the id column; several units in one call are in no arm', () =>
    withVersions(async world => {
      const served = await world.start({ stickyHeader: 'x-customer' });
      await begin(world, half);
      await begun(served);
      const assign = createAssignment('salt', allocateBuckets([], half.weights));
      const predict = async (instances: object[], values: Record<string, string> = {}) =>
        (await served.client.predict({ model: '', version: '', instances }, { metadata: headers(values) }))
          .arm;
      for (const unit of units.slice(0, 20)) {
        assert.equal(await predict([{ ...goodInstance, customer: unit }]), assign(unit));
        assert.equal(
          await predict([{ ...goodInstance, customer: 'x' }], { 'x-customer': unit }),
          assign(unit),
        );
        assert.equal(await predict([goodInstance, goodInstance], { 'x-customer': unit }), assign(unit));
      }
      assert.equal(await predict([{ ...goodInstance, customer: 42 }]), assign('42'));
      assert.equal(await predict([goodInstance]), '');
      assert.equal(await predict([goodInstance], { 'x-unit-id': 'u' }), '');
      assert.equal(
        await predict([
          { ...goodInstance, customer: 'a' },
          { ...goodInstance, customer: 'b' },
        ]),
        '',
      );
      assert.equal(await predict([{ ...goodInstance, customer: { not: 'a key' } }]), '');
      await assert.rejects(
        predict([goodInstance], { 'x-customer': 'k'.repeat(201) }),
        expectError('invalidArgument', /x-customer is .*of 201 characters/),
      );
      await shipped(served);
      const keys = await rowsOf<{ unit_key: string | null }>(
        world,
        `select unit_key from prediction where experiment is null and instance < 2 order by unit_key nulls first`,
      );
      assert.deepEqual(
        keys.map(row => row.unit_key),
        [null, null, null, 'a', 'b'],
      );
    }));

  it('records what it is: an answer exposes, an override, a named version and the shadow do not', () =>
    withVersions(async world => {
      const served = await world.start();
      await begin(world, { arms: [...half.arms, arm('S', 3, true)], weights: half.weights });
      await begun(served);
      const answered = await ask(served, 'u1');
      const other = answered.arm === 'A' ? 'B' : 'A';
      const forced = await ask(served, 'u1', { more: { 'x-holdfast-arm': other } });
      assert.deepEqual([forced.arm, forced.modelVersion], [other, other === 'A' ? 1 : 2]);
      const shadow = await ask(served, '', { more: { 'x-holdfast-arm': 'S' } });
      assert.deepEqual([shadow.arm, shadow.modelVersion], ['S', 3]);
      const named = await ask(served, 'u1', { version: '2' });
      assert.deepEqual([named.arm, named.modelVersion], ['', 2]);
      await assert.rejects(
        ask(served, 'u1', { more: { 'x-holdfast-arm': 'a' } }),
        expectError('invalidArgument', /has no arm "a".*Expected A, B, S/),
      );
      await assert.rejects(
        ask(served, 'u1', { version: '1', more: { 'x-holdfast-arm': 'A' } }),
        expectError('invalidArgument', /expected one of them/),
      );
      await waitUntil('the shadow is recorded', async () => {
        await shipped(served);
        const rows = await rowsOf(world, `select 1 from prediction where kind = 'shadow'`);
        return rows.length === 1;
      });
      const rows = await rowsOf<Record<string, unknown>>(
        world,
        `select kind, arm, version, unit_key, id = '${answered.predictionId}' as same from prediction order by kind, arm`,
      );
      assert.deepEqual(
        rows.map(row => Object.values(row)),
        [
          ['answer', answered.arm, answered.modelVersion, 'u1', true],
          ['answer', null, 2, 'u1', false],
          ['override', other, forced.modelVersion, 'u1', false],
          ['override', 'S', 3, null, false],
          ['shadow', 'S', 3, 'u1', true],
        ],
      );
      const exposures = await rowsOf<{ arm: string }>(world, 'select arm from exposure');
      assert.deepEqual(exposures, [{ arm: answered.arm }]);
      await stop(world);
      await waitUntil('it has stopped', () => served.inference.store.experiment('churn') === undefined);
      await assert.rejects(
        ask(served, 'u1', { more: { 'x-holdfast-arm': 'A' } }),
        expectError('failedPrecondition', /no experiment of churn runs/),
      );
      await begin(world, {
        name: 'mirror',
        arms: [arm('A', 'production'), arm('S', 2, true)],
        weights: weights(100),
      });
      await begun(served, 'mirror');
      assert.match(await armsOf(served), /^A+$/);
      const mirrored = `select 1 from prediction where experiment = 'mirror'
        and ((kind = 'answer' and arm = 'A' and version = 1) or (kind = 'shadow' and arm = 'S' and version = 2))`;
      await waitUntil('every answer has its shadow', async () => {
        await shipped(served);
        return (await rowsOf(world, mirrored)).length === 2 * units.length;
      });
    }));

  it('falls back to Production where an arm cannot be loaded, says so, exposes nobody, and recovers', () =>
    withVersions(async world => {
      const served = await world.start({ reconcileMs: 200 });
      const { bytes, digest } = smallModel({ shift: 1 });
      await rm(await world.artifacts.path(digest));
      await begin(world, half);
      await begun(served);
      const arms = expected(allocateBuckets([], half.weights));
      const answers = await Promise.all(units.map(unit => ask(served, unit)));
      assert.equal(answers.map(answer => answer.arm).join(''), arms);
      assert.ok(answers.every(answer => answer.modelVersion === 1));
      assert.ok(served.logs.some(({ msg }) => msg.startsWith('The version of an arm cannot be loaded')));
      await assert.rejects(
        ask(served, 'u', { more: { 'x-holdfast-arm': 'B' } }),
        expectError('failedPrecondition', /arm B of ab of churn is not loaded/),
      );
      await shipped(served);
      const kinds = await rowsOf<{ kind: string; arm: string; exposed: number }>(
        world,
        `select p.kind, p.arm, count(e)::integer as exposed from prediction p
         left join exposure e on e.prediction_id = p.id group by 1, 2 order by 1`,
      );
      assert.deepEqual(kinds, [
        { kind: 'answer', arm: 'A', exposed: arms.replaceAll('B', '').length },
        { kind: 'fallback', arm: 'B', exposed: 0 },
      ]);
      await createLocalArtifactStore(join(world.home, 'artifacts')).put(bytes);
      await waitUntil('the arm is loaded', () => served.inference.store.holds('churn', 2));
      const b = units[arms.indexOf('B')];
      assert.equal((await ask(served, b)).modelVersion, 2);
    }));

  it('keeps an arm in memory when its version stops being Production', () =>
    withVersions(async world => {
      const served = await world.start();
      await begin(world, { arms: [arm('A', 1), arm('B', 2)], weights: half.weights });
      await begun(served);
      const a = units[expected(allocateBuckets([], half.weights)).indexOf('A')];
      await world.promote(3);
      await waitUntil('the promotion is heard', async () => (await ask(served, '')).modelVersion === 3);
      const { arm: of, modelVersion } = await ask(served, a);
      assert.deepEqual([of, modelVersion], ['A', 1]);
    }));

  it("answers by the arm whose file is Production's too: Staging trained again on the same data, and an A/A test", () =>
    withInference(async world => {
      await world.register(smallModel(), smallModel());
      await world.promote(1);
      await world.promote(2, 'staging');
      const served = await world.start({ ab: { enabled: true, bucketBPct: 50 } });
      const answeredBy = async (): Promise<string[]> => {
        const answers = await Promise.all(units.map(unit => ask(served, unit)));
        return [
          ...new Set(answers.map(({ arm: of, modelVersion }) => `${of} by ${modelVersion}`)),
        ].toSorted();
      };
      assert.deepEqual(await answeredBy(), ['A by 1', 'B by 2']);
      await begin(world, half);
      await begun(served);
      assert.deepEqual(await answeredBy(), ['A by 1', 'B by 2']);
      await shipped(served);
      const kinds = await rowsOf<{ kind: string; exposed: boolean }>(
        world,
        `select distinct p.kind, e.prediction_id is not null as exposed
         from prediction p left join exposure e on e.prediction_id = p.id and e.unit_key = p.unit_key`,
      );
      assert.deepEqual(kinds, [{ kind: 'answer', exposed: true }]);
    }));

  it('does not route to the arms of a model that was taken out of service', () =>
    withVersions(async world => {
      const served = await world.start();
      await begin(world, half);
      await begun(served);
      const { store } = served.inference;
      assert.ok(store.holds('churn', 2));
      await store.unload('churn');
      assert.ok(!store.holds('churn', 2));
      await assert.rejects(
        ask(served, 'u', { more: { 'x-holdfast-arm': 'B' } }),
        expectError('failedPrecondition', /arm B of ab of churn is not loaded/),
      );
      await store.load('churn');
      assert.equal((await ask(served, 'u', { more: { 'x-holdfast-arm': 'B' } })).modelVersion, 2);
    }));

  it('is made of Production and Staging by AB_ENABLED, 20 % of the units, until one is registered', () =>
    withVersions(async world => {
      const served = await world.start({ ab: { enabled: true, bucketBPct: 20 } });
      assert.equal((await ask(served, 'u')).arm, '', 'there is no Staging');
      await world.promote(3, 'staging');
      await begun(served, 'ab-default-1-3');
      const many = Array.from({ length: 1000 }, (_, n) => `customer ${n}`);
      const assign = createAssignment('ab-default', allocateBuckets([], weights(80, 20)));
      const arms = await armsOf(served, many);
      assert.equal(arms, many.map(assign).join(''));
      const inB = arms.replaceAll('A', '').length;
      assert.ok(inB > 150 && inB < 250, String(inB));
      assert.equal((await ask(served, many[arms.indexOf('B')])).modelVersion, 3);
      await begin(world, half);
      await begun(served);
      assert.equal(await armsOf(served), expected(allocateBuckets([], half.weights)));
    }));
});

describe('Submit', () => {
  it('assigns, scores, exposes and keeps the customer with the columns that the model takes', () =>
    withVersions(async world => {
      const served = await world.start();
      const submit = (instance: object, unitKey = '', values: Record<string, string> = {}) =>
        served.client.submit({ model: '', instance, unitKey }, { metadata: headers(values) });
      const plain = await submit({ ...goodInstance, customer: 'c1', churned: 'No' });
      assert.deepEqual([plain.modelVersion, plain.arm, plain.experiment, plain.unitKey], [1, '', '', 'c1']);
      const same = await ask(served, '');
      assert.deepEqual(
        [plain.probability, plain.label, plain.threshold],
        [same.probabilities[0], same.predictions[0], 0.4],
      );
      await begin(world, half);
      await begun(served);
      const { region: _, ...withoutRegion } = goodInstance;
      const assigned = await submit(withoutRegion, 'c2');
      const assign = createAssignment('salt', allocateBuckets([], half.weights));
      assert.deepEqual([assigned.arm, assigned.experiment], [assign('c2'), 'ab']);
      assert.equal(
        (await submit({ ...goodInstance, customer: 'c1' }, 'c2', { 'x-unit-id': 'c3' })).unitKey,
        'c3',
      );
      await assert.rejects(
        submit(goodInstance),
        expectError('invalidArgument', /Nobody says whose customer this is/),
      );
      await assert.rejects(
        submit({ ...goodInstance, tenure: -1 }, 'c4'),
        expectError('invalidArgument', /: instance\.tenure: expected a whole number/),
      );
      await assert.rejects(
        served.client.submit({ model: '', unitKey: 'c4' }),
        expectError('invalidArgument', /^The instance is missing; expected the columns of one customer/),
      );
      await shipped(served);
      const rows = await rowsOf<Record<string, unknown>>(
        world,
        `select prediction_id, unit_key, version, experiment, arm, features, probability, label, threshold
         from production_row order by unit_key limit 2`,
      );
      assert.deepEqual(rows, [
        {
          prediction_id: plain.predictionId,
          unit_key: 'c1',
          version: 1,
          experiment: null,
          arm: null,
          features: goodInstance,
          probability: plain.probability,
          label: plain.label,
          threshold: 0.4,
        },
        {
          prediction_id: assigned.predictionId,
          unit_key: 'c2',
          version: assigned.modelVersion,
          experiment: 'ab',
          arm: assigned.arm,
          features: { ...goodInstance, region: null },
          probability: assigned.probability,
          label: assigned.label,
          threshold: 0.4,
        },
      ]);
      const exposures = await rowsOf<{ unit_key: string }>(world, 'select unit_key from exposure order by 1');
      assert.deepEqual(
        exposures.map(row => row.unit_key),
        ['c2', 'c3'],
      );
      assert.equal((await rowsOf(world, 'select 1 from production_row')).length, 3);
    }));

  it('refuses a customer that cannot be kept, where Predict goes on', () =>
    withVersions(async world => {
      const served = await world.start({ spool: { fsync: 'always', maximumBytes: 10, retentionDays: 90 } });
      await assert.rejects(
        served.client.submit({ model: '', instance: goodInstance, unitKey: 'c' }),
        expectError('resourceExhausted', /could not be kept/),
      );
      assert.equal((await ask(served, 'c')).predictions.length, 1);
      assert.equal(served.inference.log.unkept(), 2);
    }));

  it('is reached over REST by both its paths, with the unit in the header', () =>
    withVersions(async world => {
      const served = await world.start();
      const address = `127.0.0.1:${served.inference.port}`;
      await withGateway({ inference: address }, async ({ ask: askHttp }) => {
        for (const path of ['/v1/models/churn:submit', '/survey/submit']) {
          const { status, text } = await askHttp(
            'POST',
            path,
            { instance: goodInstance },
            { 'x-unit-id': 'c9' },
          );
          assert.equal(status, 200, text);
          assert.equal(JSON.parse(text).unitKey, 'c9');
        }
        const { status, text } = await askHttp(
          'POST',
          '/survey/submit',
          { instance: goodInstance },
          { 'x-unit-id': 'Zoë' },
        );
        assert.equal(status, 400);
        assert.match(text, /header x-unit-id is not plain ASCII/);
      });
    }));
});

/** A database that nobody can ask. */
const absent = openLazily(async () => {
  throw new Error('away');
});
