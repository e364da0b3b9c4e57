import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { MAXIMUM_INSTANCES } from '../../inference/PredictCall.ts';
import type { Table } from '../../ml/dataset/Table.ts';
import { createRandom } from '../../ml/random/createRandom.ts';
import { predict } from '../../ml/trainers/predict.ts';
import { HoldfastError } from '../../platform/HoldfastError.ts';
import { goodInstance, smallModel } from '../support/smallModel.ts';
import { type Served, withInference, withServedModel } from '../support/withInference.ts';

type Instance = Record<string, unknown>;

const ask = (
  client: Served['client'],
  instances: Instance[],
  more: { version?: string; model?: string } = {},
) => client.predict({ model: '', version: '', instances, ...more });

/** What a refused call says: its code and its violations, `field: description`. */
async function refusal(
  call: Promise<unknown>,
): Promise<{ code: string; message: string; violations: string[] }> {
  const error = await call.then(
    answer => assert.fail(`expected a refusal, got ${JSON.stringify(answer)}`),
    (reason: unknown) => reason,
  );
  assert.ok(error instanceof HoldfastError, String(error));
  const violations = error.violations.map(({ field, description }) => `${field}: ${description}`);
  return { code: error.code, message: error.message, violations };
}

const instanceOf = (table: Table, row: number): Instance =>
  Object.fromEntries(
    table.columns.flatMap((column): [string, unknown][] => {
      if (column.kind === 'number')
        return Number.isNaN(column.values[row]) ? [] : [[column.name, column.values[row]]];
      return [[column.name, column.codes[row] === -1 ? null : column.levels[column.codes[row]]]];
    }),
  );

function randomTable(seed: number, rowCount: number): Table {
  const random = createRandom(seed);
  const numbers = (draw: () => number) => Float32Array.from({ length: rowCount }, draw);
  const codes = (from: number, levels: number) =>
    Int32Array.from({ length: rowCount }, () => from + random.below(levels - from));
  return {
    rowCount,
    labels: new Uint8Array(rowCount),
    columns: [
      { kind: 'number', name: 'tenure', values: numbers(() => random.below(121)) },
      {
        kind: 'number',
        name: 'charges',
        values: numbers(() => (random.below(5) === 0 ? Number.NaN : 1 + random.next() * 200)),
      },
      { kind: 'category', name: 'contract', codes: codes(0, 3), levels: ['month', 'unseen', 'year'] },
      { kind: 'category', name: 'senior', codes: codes(0, 2), levels: ['0', '1'] },
      { kind: 'category', name: 'region', codes: codes(-1, 2), levels: ['north', 'south'] },
    ],
  };
}

const refused: readonly [name: string, instance: Instance, violations: readonly string[]][] = [
  [
    'a missing column',
    { ...goodInstance, tenure: undefined },
    ['instances[0].tenure: is missing; expected a whole number from 0 to 120'],
  ],
  [
    'null where a column may not be missing',
    { ...goodInstance, tenure: null },
    ['instances[0].tenure: expected a whole number from 0 to 120, got null; the column may not be missing'],
  ],
  [
    'an empty text for a category that may not be missing',
    { ...goodInstance, contract: '' },
    [
      'instances[0].contract: expected text such as "month", "year", got the text ""; the column may not be missing',
    ],
  ],
  [
    'an unknown column near a known one',
    { ...goodInstance, Tenur: 3 },
    ['instances[0].Tenur: is not a column of the model (did you mean "tenure"?)'],
  ],
  [
    'an unknown column near none',
    { ...goodInstance, shoeSize: 43 },
    ['instances[0].shoeSize: is not a column of the model; leave it out'],
  ],
  [
    'text for a number',
    { ...goodInstance, tenure: 'abc' },
    ['instances[0].tenure: expected a whole number from 0 to 120, got the text "abc"'],
  ],
  [
    'a number in quotes',
    { ...goodInstance, charges: '29.85' },
    ['instances[0].charges: expected a number of at least 0.1, got the text "29.85"; send it without quotes'],
  ],
  [
    'a boolean for a number',
    { ...goodInstance, tenure: true },
    ['instances[0].tenure: expected a whole number from 0 to 120, got true'],
  ],
  [
    'a list for a number',
    { ...goodInstance, tenure: [5] },
    ['instances[0].tenure: expected a whole number from 0 to 120, got a list'],
  ],
  [
    'an object for a category',
    { ...goodInstance, contract: { a: 1 } },
    ['instances[0].contract: expected text such as "month", "year", got an object'],
  ],
  [
    'a fraction for a whole number',
    { ...goodInstance, tenure: 5.5 },
    ['instances[0].tenure: expected a whole number from 0 to 120, got 5.5'],
  ],
  [
    'below the least',
    { ...goodInstance, tenure: -1 },
    ['instances[0].tenure: expected a whole number from 0 to 120, got -1'],
  ],
  [
    'above the greatest',
    { ...goodInstance, tenure: 121 },
    ['instances[0].tenure: expected a whole number from 0 to 120, got 121'],
  ],
  [
    'just below a bound that float32 would round up to',
    { ...goodInstance, charges: 0.0999999999 },
    ['instances[0].charges: expected a number of at least 0.1, got 0.0999999999'],
  ],
  [
    'beyond float32',
    { ...goodInstance, charges: 1e39 },
    ['instances[0].charges: expected a number of at least 0.1, got 1e+39'],
  ],
  [
    'not a number',
    { ...goodInstance, charges: Number.NaN },
    ['instances[0].charges: expected a number of at least 0.1, got NaN'],
  ],
  [
    'an infinite number',
    { ...goodInstance, charges: Number.POSITIVE_INFINITY },
    ['instances[0].charges: expected a number of at least 0.1, got Infinity'],
  ],
  [
    'a number for a category of words',
    { ...goodInstance, contract: 1 },
    ['instances[0].contract: expected text such as "month", "year", got 1'],
  ],
  [
    'a number that is no level of a category of numbers',
    { ...goodInstance, senior: 2 },
    ['instances[0].senior: expected text such as "0", "1", got 2'],
  ],
  [
    'a boolean for a category',
    { ...goodInstance, senior: false },
    ['instances[0].senior: expected text such as "0", "1", got false'],
  ],
  [
    'several faults at once',
    { tenure: 'x', contract: null, senior: 3, region: 'north', nonsense: 1 },
    [
      'instances[0].tenure: expected a whole number from 0 to 120, got the text "x"',
      'instances[0].contract: expected text such as "month", "year", got null; the column may not be missing',
      'instances[0].senior: expected text such as "0", "1", got 3',
      'instances[0].nonsense: is not a column of the model; leave it out',
    ],
  ],
];

const taken: readonly [name: string, instance: Instance, same: Instance][] = [
  ['the id and the label, unseen', { ...goodInstance, customer: { any: 'thing' }, churned: 7 }, goodInstance],
  [
    'a missing value where it is imputed: null',
    { ...goodInstance, charges: null },
    { ...goodInstance, charges: 50 },
  ],
  [
    'a missing value where it is imputed: not there',
    { ...goodInstance, region: undefined },
    { ...goodInstance, region: 'north' },
  ],
  ['a missing category: empty text', { ...goodInstance, region: '' }, { ...goodInstance, region: 'north' }],
  ['a number for a category of numbers', { ...goodInstance, senior: 1 }, { ...goodInstance, senior: '1' }],
  [
    'exactly the bounds',
    { ...goodInstance, tenure: 120, charges: 0.1 },
    { ...goodInstance, tenure: 120.0, charges: Math.fround(0.1) },
  ],
];

/** Struct has no undefined: what is not there is left out. */
const defined = (instance: Instance): Instance =>
  Object.fromEntries(Object.entries(instance).filter(([, value]) => value !== undefined));

describe('Predict', () => {
  it("answers the kernel's own predictions, in many rows as in one, over several slices", () =>
    withServedModel(async ({ client, inference }) => {
      const seed = 20_261;
      const table = randomTable(seed, 2500);
      const rows = Int32Array.from({ length: table.rowCount }, (_, row) => row);
      const { pipeline } = smallModel();
      const expected = predict(pipeline, table, rows);
      const instances = [...rows].map(row => instanceOf(table, row));
      const { probabilities, predictions, modelVersion, threshold, model } = await ask(client, instances);
      assert.deepEqual([model, modelVersion, threshold, probabilities.length], ['churn', 1, 0.4, 2500]);
      for (const [row, p] of expected.entries()) {
        assert.ok(
          Math.abs(probabilities[row] - p) <= 1e-5,
          `seed ${seed}, row ${row}: ${probabilities[row]}, not ${p}`,
        );
        assert.equal(predictions[row], probabilities[row] >= Math.fround(0.4) ? 'Yes' : 'No');
      }
      const single = await ask(client, [instances[1234]]);
      assert.deepEqual(single.probabilities, [probabilities[1234]]);
      const unseen = [...rows].filter(row => instances[row].contract === 'unseen').length;
      assert.ok(unseen > 0);
      assert.equal(
        inference.store.loaded()[0].unseenLevels.get('contract'),
        unseen + (instances[1234].contract === 'unseen' ? 1 : 0),
      );
    }));

  it('takes what the rules allow', () =>
    withServedModel(async ({ client }) => {
      for (const [name, instance, same] of taken) {
        const [given, meant] = (await ask(client, [instance, same].map(defined))).probabilities;
        assert.equal(given, meant, name);
      }
    }));

  it('refuses what they do not, naming row, column, value and expectation', () =>
    withServedModel(async ({ client }) => {
      for (const [name, instance, violations] of refused) {
        const answer = await refusal(ask(client, [defined(instance)]));
        assert.deepEqual(
          [answer.code, answer.violations.toSorted()],
          ['invalidArgument', violations.toSorted()],
          name,
        );
        const next = violations.length === 1 ? 'that' : `all ${violations.length}`;
        assert.match(answer.message, /^The request does not fit churn version 1: instances\[0\]\./, name);
        assert.ok(answer.message.endsWith(`. Correct ${next} and send it again.`), answer.message);
        assert.doesNotMatch(answer.message, /[.?;:]\./, name);
      }
    }));

  it('names the row of a fault among good ones, and scores none of them', () =>
    withServedModel(async ({ client }) => {
      const instances: Instance[] = Array.from({ length: 1500 }, () => goodInstance);
      instances[1203] = { ...goodInstance, tenure: -4 };
      const { code, violations } = await refusal(ask(client, instances));
      assert.deepEqual(
        [code, violations],
        ['invalidArgument', ['instances[1203].tenure: expected a whole number from 0 to 120, got -4']],
      );
    }));

  it('counts all faults and lists as many as fit into the trailers of every client', () =>
    withServedModel(async ({ client }) => {
      const instances = Array.from({ length: 400 }, () => ({ ...goodInstance, tenure: 'abc' }));
      const { code, message, violations } = await refusal(ask(client, instances));
      assert.equal(code, 'invalidArgument');
      assert.match(message, /and 399 more/);
      assert.ok(violations.length >= 20 && violations.length <= 100, String(violations.length));
      assert.match(violations[19], /^instances\[19\]\.tenure/);
    }));

  it('names the limits of a request that is empty or too large', () =>
    withServedModel(async ({ client }) => {
      for (const count of [0, MAXIMUM_INSTANCES + 1]) {
        const { code, violations } = await refusal(
          ask(
            client,
            Array.from({ length: count }, () => goodInstance),
          ),
        );
        assert.deepEqual(
          [code, violations],
          ['invalidArgument', [`instances: expected 1 to 10000 instances, got ${count}`]],
        );
      }
      const { probabilities } = await ask(
        client,
        Array.from({ length: MAXIMUM_INSTANCES }, () => goodInstance),
      );
      assert.equal(new Set(probabilities).size, 1);
    }));

  it('passes over the column that the request names as its label, and refuses one that the model computes with', () =>
    withServedModel(async ({ client }) => {
      const expected = (await ask(client, [goodInstance])).probabilities;
      const labelled = [{ ...goodInstance, hasLeft: 'maybe' }];
      const answer = await client.predict({
        model: '',
        version: '',
        instances: labelled,
        labelKey: 'hasLeft',
      });
      assert.deepEqual(answer.probabilities, expected);
      const { violations } = await refusal(ask(client, labelled));
      assert.deepEqual(violations, ['instances[0].hasLeft: is not a column of the model; leave it out']);
      const named = (labelKey: string) =>
        client.predict({ model: '', version: '', instances: [goodInstance], labelKey });
      assert.deepEqual((await named('churned')).probabilities, expected);
      const refused = await refusal(named('tenure'));
      assert.equal(refused.code, 'invalidArgument');
      assert.deepEqual(refused.violations, [
        'label_key: is "tenure", which the model computes with; expected a column that it does not take',
      ]);
    }));

  it('names each prediction by an id that sorts by time', () =>
    withServedModel(async ({ client }) => {
      const ids: string[] = [];
      for (let call = 0; call < 20; call++) {
        const { predictionId, arm } = await ask(client, [goodInstance]);
        assert.match(predictionId, /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
        assert.equal(arm, '');
        ids.push(predictionId);
      }
      assert.deepEqual([...new Set(ids)].toSorted(), ids);
    }));

  it('leaves out the probabilities where they are not wanted', () =>
    withServedModel(async ({ client }) => {
      const answer = await client.predict({
        model: 'churn',
        version: 'production',
        instances: [goodInstance],
        returnProba: false,
      });
      assert.deepEqual([answer.probabilities, answer.predictions.length], [[], 1]);
    }));

  it('counts levels that training did not meet and says so once', () =>
    withServedModel(async ({ client, inference, logs }) => {
      for (let time = 0; time < 3; time++)
        await ask(client, [{ ...goodInstance, contract: 'decade' }, goodInstance]);
      const said = logs.filter(({ msg }) => msg.startsWith('A level that training did not meet'));
      assert.deepEqual(
        said.map(({ column, example }) => [column, example]),
        [['contract', 'decade']],
      );
      assert.deepEqual(Object.fromEntries(inference.store.loaded()[0].unseenLevels), {
        contract: 3,
        senior: 0,
        region: 0,
      });
    }));

  it('serves any version by number, Staging by name, and several models', () =>
    withInference(async world => {
      await world.register(smallModel(), smallModel({ shift: 1 }), smallModel({ shift: 2 }));
      await world.register(smallModel({ model: 'bank', shift: -1 }));
      await world.promote(2);
      await world.promote(3, 'staging');
      await world.promote(1, 'production', 'bank');
      const { client } = await world.start();
      const served = async (model: string, version: string) => {
        const answer = await ask(client, [goodInstance], { model, version });
        return [answer.model, answer.modelVersion, answer.probabilities[0]] as const;
      };
      assert.equal((await served('', ''))[1], 2);
      assert.equal((await served('churn', 'staging'))[1], 3);
      assert.equal((await served('churn', '1'))[1], 1);
      assert.deepEqual((await served('bank', '')).slice(0, 2), ['bank', 1]);
      const scores = await Promise.all(['1', '2', '3'].map(version => served('churn', version)));
      assert.ok(scores[0][2] < scores[1][2] && scores[1][2] < scores[2][2]);
      const cases = [
        [
          'chrun',
          '',
          'notFound',
          /There is no model "chrun" in service\. Did you mean "churn"\? In service: bank, churn\./,
        ],
        ['churn', '9', 'notFound', /no version 9\. It has 3, 2, 1\./],
        ['churn', 'v2', 'notFound', /no version "v2": expected a number, production or staging/],
        ['bank', 'staging', 'notFound', /bank has nothing in Staging/],
      ] as const;
      for (const [model, version, code, message] of cases) {
        const answer = await refusal(served(model, version));
        assert.equal(answer.code, code);
        assert.match(answer.message, message);
      }
    }));

  it('says how to train where there is no model yet', () =>
    withInference(async world => {
      const { client } = await world.start();
      const { code, message } = await refusal(ask(client, [goodInstance]));
      assert.equal(code, 'failedPrecondition');
      assert.match(message, /No model is in Production yet\. Train one: `\.\/holdfast train --model churn/);
    }));
});
