import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { uuidv7 } from '../../platform/uuidv7.ts';
import { type OutcomeReport, OutcomeServiceService } from '../../proto/gen/holdfast/v1/outcome.ts';
import { createGrpcClient } from '../../platform/grpc/createGrpcClient.ts';
import { Role } from '../../proto/gen/holdfast/v1/access.ts';
import { AccountServiceService } from '../../proto/gen/holdfast/v1/account.ts';
import { ModelServiceService } from '../../proto/gen/holdfast/v1/model.ts';
import { RunServiceService } from '../../proto/gen/holdfast/v1/run.ts';
import { expectError } from '../support/expectError.ts';
import { firstPage } from '../support/firstPage.ts';
import { recordRun, registerSamples } from '../support/registrySamples.ts';
import { samplePrediction } from '../support/samplePrediction.ts';
import { TEST_KEY } from '../support/testAccess.ts';
import { report, ship } from '../support/outcomeSamples.ts';
import { withVersions } from '../support/withVersions.ts';

const batch = (from: number) =>
  Array.from({ length: 100 }, (_, index) => report({ unitKey: `u${from + index}` }));

describe('OutcomeService', () => {
  it('keeps a key to the models that it is for, as every method does that names one', function () {
    return withVersions(this, async ({ address, outcomes: all, runs: allRuns, database }) => {
      const open = { address, peer: 'control' };
      const accounts = createGrpcClient(AccountServiceService, { ...open, secret: TEST_KEY });
      const clientsFor = async (model: string) => {
        const { secret } = await accounts.createKey({
          name: model,
          role: Role.ROLE_PREDICTOR,
          user: '',
          models: [model],
          validDays: 0,
        });
        return {
          outcomes: createGrpcClient(OutcomeServiceService, { ...open, secret }),
          models: createGrpcClient(ModelServiceService, { ...open, secret }),
          runs: createGrpcClient(RunServiceService, { ...open, secret }),
        };
      };
      const churn = await clientsFor('churn');
      const bank = await clientsFor('bank');
      try {
        const reported = { model: '', outcomes: [report({ unitKey: 'u1' })] };
        const denied = expectError('permissionDenied', /tester\/bank is for bank alone, not for "churn"/);
        for (const model of ['', 'churn']) {
          await assert.rejects(bank.outcomes.recordOutcomes({ ...reported, model }), denied);
          await assert.rejects(bank.outcomes.getCustomer({ model, unitKey: 'u1' }), denied);
          await assert.rejects(bank.outcomes.listCustomers({ model, ...firstPage }), denied);
          await assert.rejects(bank.models.getVersion({ model, version: '1' }), denied);
          await assert.rejects(bank.runs.list({ model, ...firstPage }), denied);
        }
        await assert.rejects(
          all.getCustomer({ model: 'churn', unitKey: 'u1' }),
          expectError('notFound', /u1/),
        );
        assert.equal((await churn.outcomes.recordOutcomes(reported)).recorded, 1);
        assert.equal((await churn.outcomes.getCustomer({ model: '', unitKey: 'u1' })).outcome, 'Yes');

        await recordRun(database, 'bank', 'run-bank');
        const modelsOf = async ({ list }: Pick<typeof allRuns, 'list'>) => {
          const { runs } = await list({ model: '', ...firstPage });
          return [...new Set(runs.map(({ model }) => model))].sort();
        };
        assert.deepEqual(await modelsOf(allRuns), ['bank', 'churn']);
        assert.deepEqual(await modelsOf(churn.runs), ['churn'], 'no name is the default model, not all');
        await registerSamples(database, 1, 'bank');
        const listed = async ({ models }: typeof bank) =>
          (await models.listModels(firstPage)).models.map(({ name }) => name);
        assert.deepEqual([await listed(churn), await listed(bank)], [['churn'], ['bank']]);
        assert.equal((await churn.runs.get({ run: 'run-of-churn' })).model, 'churn');
        const hidden = expectError('notFound', /There is no run "run-bank"/);
        await assert.rejects(churn.runs.get({ run: 'run-bank' }), hidden);
        await assert.rejects(churn.runs.watch({ run: 'run-bank' })[Symbol.asyncIterator]().next(), hidden);
        assert.equal((await bank.runs.get({ run: 'run-bank' })).model, 'bank');
      } finally {
        for (const client of [accounts, ...Object.values(churn), ...Object.values(bank)]) client.close();
      }
    });
  });

  it('keeps each report once, and corrections with their history', function () {
    return withVersions(this, async ({ outcomes }) => {
      const record = (...reports: OutcomeReport[]) =>
        outcomes.recordOutcomes({ model: 'churn', outcomes: reports });
      const seen = new Date('2026-03-01T12:00:00.000Z');
      const later = new Date('2026-03-02T12:00:00.000Z');
      const predictionId = uuidv7();
      assert.deepEqual(
        await record(
          report({ unitKey: 'u1', observedTime: seen }),
          report({ unitKey: 'u2', outcome: 'No' }),
          report({ predictionId, instance: 3 }),
          report({ unitKey: 'u2', outcome: 'No' }),
        ),
        { recorded: 3, corrected: 0, unchanged: 1 },
      );
      const corrected = report({ unitKey: 'u1', outcome: 'No', observedTime: later });
      assert.deepEqual(await record(corrected), { recorded: 0, corrected: 1, unchanged: 0 });
      // What comes a second time says nothing new, also after its correction.
      assert.deepEqual(await record(report({ unitKey: 'u1', observedTime: seen }), corrected), {
        recorded: 0,
        corrected: 0,
        unchanged: 2,
      });
      assert.deepEqual(await record(report({ unitKey: 'u1' })), { recorded: 0, corrected: 1, unchanged: 0 });
      const customer = await outcomes.getCustomer({ model: 'churn', unitKey: 'u1' });
      assert.equal(customer.outcome, 'Yes');
      assert.deepEqual(
        customer.outcomes.map(({ revision, outcome, actor }) => [revision, outcome, actor]),
        [
          [3, 'Yes', 'tester/test'],
          [2, 'No', 'tester/test'],
          [1, 'Yes', 'tester/test'],
        ],
      );
      assert.deepEqual(customer.outcomes[2].observedTime, seen);
    });
  });

  it('names every wrong report by its index, and then records none', function () {
    return withVersions(this, async ({ outcomes, database }) => {
      const wrong: readonly [Partial<OutcomeReport>, string][] = [
        [{}, 'unit_key: expected either the unit’s key or a prediction’s id'],
        [{ unitKey: 'u', predictionId: uuidv7() }, 'prediction_id: expected either'],
        [{ predictionId: 'p' }, 'prediction_id: expected a UUID, got "p"'],
        [{ unitKey: 'x'.repeat(201) }, 'unit_key: expected at most 200 characters'],
        [{ unitKey: 'u', instance: 1 }, 'instance: expected a place in a prediction, from 0, got 1'],
        [{ unitKey: 'u', outcome: 'yes' }, 'outcome: expected "Yes" or "No", got "yes". Did you mean "Yes"?'],
        [
          { unitKey: 'u', observedTime: new Date(Date.now() + 86_400_000) },
          'observed_time: expected a time until now',
        ],
      ];
      const reports = [report({ unitKey: 'good' }), ...wrong.map(([changes]) => report(changes))];
      await assert.rejects(
        outcomes.recordOutcomes({ model: 'churn', outcomes: reports }),
        (error: unknown) => {
          assert.ok(
            expectError('invalidArgument', /^7 of 8 reports are wrong, and none was recorded: /)(error),
          );
          assert.ok(error instanceof Error);
          for (const [index, [, says]] of wrong.entries())
            assert.ok(error.message.includes(`outcomes[${index + 1}].${says}`), error.message);
          return true;
        },
      );
      assert.deepEqual(await database.read(manager => manager.execute('select id from outcome')), []);
      await assert.rejects(
        outcomes.recordOutcomes({ model: 'churn', outcomes: [] }),
        expectError('invalidArgument', /expected 1 to 10000/),
      );
      await assert.rejects(
        outcomes.recordOutcomes({ model: 'chrun', outcomes: reports }),
        expectError('notFound', /Did you mean "churn"/),
      );
    });
  });

  it('loses nothing and doubles nothing of many reports at once', function () {
    return withVersions(this, async ({ outcomes, database }) => {
      const answers = await Promise.all(
        Array.from({ length: 20 }, (_, index) =>
          outcomes.recordOutcomes({ model: 'churn', outcomes: batch(50 * (index % 10)) }),
        ),
      );
      const recorded = answers.reduce((sum, answer) => sum + answer.recorded, 0);
      assert.equal(recorded, 550);
      const [row] = await database.read(manager =>
        manager.execute('select count(*)::integer as rows, max(revision) as revision from outcome'),
      );
      assert.deepEqual(row, { rows: 550, revision: 1 });
    });
  });

  it('shows a customer’s submissions, predictions, arm and outcome, and pages through customers', function () {
    return withVersions(this, async world => {
      const { outcomes } = world;
      const first = samplePrediction({ at: Date.now() - 120_000, features: { tenure: 1 }, probability: 0.4 });
      const second = samplePrediction({
        features: { tenure: 2, Contract: null },
        experiment: 'exp',
        arm: 'A',
      });
      const bulk = samplePrediction({ at: Date.now() - 90_000, instance: 5, probability: 0.1, label: 'No' });
      const others = ['u2', 'u3', 'u4'].map(unitKey =>
        samplePrediction({ unitKey, at: Date.now() - 600_000, features: {}, probability: 0.2, label: 'No' }),
      );
      await ship(world, [first, second, bulk, ...others]);
      await outcomes.recordOutcomes({
        model: 'churn',
        outcomes: [report({ predictionId: bulk.id.toUpperCase(), instance: 5, outcome: 'No' })],
      });
      await outcomes.recordOutcomes({ model: 'churn', outcomes: [report({ predictionId: second.id })] });
      await outcomes.recordOutcomes({ model: 'churn', outcomes: [report({ unitKey: 'u3', outcome: 'No' })] });
      // Of another instance of the same prediction: somebody else's.
      await outcomes.recordOutcomes({
        model: 'churn',
        outcomes: [report({ predictionId: bulk.id, instance: 6 })],
      });

      const customer = await outcomes.getCustomer({ model: '', unitKey: 'u1' });
      assert.deepEqual(
        [customer.submissionCount, customer.probability, customer.label, customer.experiment, customer.arm],
        [2, 0.7, 'Yes', 'exp', 'A'],
      );
      assert.equal(customer.outcome, 'Yes');
      assert.deepEqual(
        customer.submissions.map(({ predictionId, features }) => [predictionId, features]),
        [
          [second.id, { tenure: 2, Contract: null }],
          [first.id, { tenure: 1 }],
        ],
      );
      assert.deepEqual(
        customer.predictions.map(({ predictionId, instance, probability, arm }) => [
          predictionId,
          instance,
          probability,
          arm,
        ]),
        [
          [second.id, 0, 0.7, 'A'],
          [bulk.id, 5, 0.1, ''],
          [first.id, 0, 0.4, ''],
        ],
      );
      assert.deepEqual(
        customer.outcomes.map(({ predictionId, instance, outcome }) => [predictionId, instance, outcome]),
        [
          [second.id, 0, 'Yes'],
          [bulk.id, 5, 'No'],
        ],
      );
      const keys = async (filter: string, orderBy = '') => {
        const found: string[] = [];
        let pageToken = '';
        do {
          const page = await outcomes.listCustomers({
            model: 'churn',
            ...firstPage,
            pageSize: 2,
            filter,
            orderBy,
            pageToken,
          });
          found.push(...page.customers.map(({ unitKey }) => unitKey));
          pageToken = page.nextPageToken;
        } while (pageToken !== '');
        return found;
      };
      assert.deepEqual((await keys('')).toSorted(), ['u1', 'u2', 'u3', 'u4']);
      assert.deepEqual(await keys('', 'unit_key'), ['u1', 'u2', 'u3', 'u4']);
      assert.deepEqual(await keys('outcome:*', 'unit_key'), ['u1', 'u3']);
      assert.deepEqual(await keys('probability > 0.5 AND outcome = Yes'), ['u1']);
      await assert.rejects(
        outcomes.getCustomer({ model: 'churn', unitKey: 'nobody' }),
        expectError('notFound', /Nothing is known of a customer "nobody" of churn/),
      );
    });
  });
});
