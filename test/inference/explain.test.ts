import assert from 'node:assert/strict';
import { once } from 'node:events';
import { describe, it } from 'mocha';
import { exportBlend } from '../../ml/onnx/exportBlend.ts';
import { exportPipeline } from '../../ml/onnx/exportPipeline.ts';
import type { ModelMetadata, SignatureInput } from '../../ml/onnx/ModelMetadata.ts';
import type { Pipeline } from '../../ml/trainers/Pipeline.ts';
import { sigmoid } from '../../ml/trainers/sigmoid.ts';
import type { ExplainResponse } from '../../proto/gen/holdfast/v1/prediction.ts';
import { sha256 } from '../../platform/sha256.ts';
import { naiveShapley } from '../ml/explanation/naiveShapley.ts';
import { assertClose } from '../support/assertClose.ts';
import { expectError } from '../support/expectError.ts';
import { treesModel } from '../support/plainTrees.ts';
import { goodInstance, smallModel } from '../support/smallModel.ts';
import { withPredictStream } from '../support/withPredictStream.ts';
import { type Served, withInference, withServedModel } from '../support/withInference.ts';

const typical: Record<string, number | string> = {
  tenure: 12,
  charges: 50,
  contract: 'month',
  senior: '0',
  region: 'north',
};
const customer: Record<string, number | string> = {
  tenure: 60,
  charges: 90.5,
  contract: 'year',
  senior: '1',
  region: 'somewhere',
};

const { pipeline, metadata } = smallModel();

/** The small model's file with another kernel over the same columns. */
function modelOf(
  model: Pipeline['model'],
  calibration: Pipeline['calibration'] = null,
  told: Partial<ModelMetadata> = {},
) {
  const bytes = exportPipeline({ ...pipeline, model, calibration }, { ...metadata, ...told });
  return { bytes, digest: sha256(bytes), metadata };
}

const perceptron = modelOf({
  kind: 'perceptron',
  layers: [
    {
      inputs: 6,
      outputs: 3,
      weights: Float32Array.from({ length: 18 }, (_, at) => Math.sin(7 * at)),
      biases: Float32Array.of(0.1, -0.2, 0.3),
    },
    { inputs: 3, outputs: 1, weights: Float32Array.of(1.5, -2, 1), biases: Float32Array.of(-0.4) },
  ],
});
const forest = modelOf(
  treesModel('probability', 0, {
    roots: [0, 5],
    // tenure ≤ .5 (40 months) ? (month ? .9 : .4) : .1; and charges ≤ .4 (80) ? .2 : .7
    feature: [0, 2, -1, -1, -1, 1, -1, -1],
    threshold: [0.5, 0.5, 0, 0, 0, 0.4, 0, 0],
    left: [1, 2, 0, 0, 0, 6, 0, 0],
    right: [4, 3, 0, 0, 0, 7, 0, 0],
    value: [0, 0, 0.4, 0.9, 0.1, 0, 0.2, 0.7],
  }),
  { slope: 0.8, intercept: -0.2 },
);

const ask = (client: Served['client'], instances: Record<string, unknown>[], version = '') =>
  client.explain({ model: '', version, instances });

const byColumn = (answer: ExplainResponse, index = 0): Map<string, number> =>
  new Map(answer.explanations[index].contributions.map(({ column, contribution }) => [column, contribution]));

const sumOf = (answer: ExplainResponse, index = 0): number =>
  answer.explanations[index].contributions.reduce(
    (sum, { contribution }) => sum + contribution,
    answer.baseValue,
  );

describe('Explain', () => {
  it('explains a linear model in its calibrated log-odds, largest first, with values and typical ones', () =>
    withServedModel(async ({ client }) => {
      const answer = await ask(client, [goodInstance, customer]);
      const { method, space, threshold } = answer;
      assert.deepEqual([method, space, threshold], ['linear_exact', 'log_odds', 0.4]);
      const [first] = answer.explanations;
      assert.deepEqual(
        first.contributions.map(({ column, value, typicalValue }) => [column, value, typicalValue]),
        [
          ['tenure', 5, null],
          ['charges', 70.35, null],
          ['region', 'south', null],
          ['contract', 'month', null],
          ['senior', '0', null],
        ],
      );
      const expected = new Map([
        ['tenure', 0.9 * -0.9 * 0.05 * (5 - 12)],
        ['charges', 0.9 * 0.7 * 0.02 * (70.35 - 50)],
        ['region', 0.9 * 0.2],
        ['contract', 0],
        ['senior', 0],
      ]);
      for (const [column, contribution] of byColumn(answer))
        assertClose(contribution, expected.get(column) ?? Number.NaN, 1e-6, column);
      const predicted = await client.predict({ model: '', version: '', instances: [goodInstance, customer] });
      for (const [index, { label, probability, score }] of answer.explanations.entries()) {
        assert.deepEqual(
          [label, probability],
          [predicted.predictions[index], predicted.probabilities[index]],
        );
        assertClose(sumOf(answer, index), score, 1e-5, 'sum');
        assertClose(sigmoid(score), probability, 1e-6, 'probability');
      }
    }));

  it('explains trees by TreeSHAP, a forest before its calibration, and all else by asking the file', () =>
    withInference(async world => {
      const told = metadata.inputs.map(
        (input): SignatureInput =>
          input.kind === 'number'
            ? { ...input, typical: Number(typical[input.name]) }
            : { ...input, typical: String(typical[input.name]) },
      );
      const withTypical = modelOf(pipeline.model, null, { inputs: told });
      const blendBytes = exportBlend(
        {
          members: [
            { onnx: perceptron.bytes, weight: 0.4 },
            { onnx: forest.bytes, weight: 0.6 },
          ],
          calibration: { slope: 1.1, intercept: 0.1 },
          threshold: 0.4,
          positiveLabel: 'Yes',
          negativeLabel: 'No',
        },
        metadata,
      );
      const blend = { bytes: blendBytes, digest: sha256(blendBytes), metadata };
      await world.register(withTypical, forest, perceptron, blend);
      await world.promote(1);
      const { client } = await world.start();

      const linear = await ask(client, [goodInstance]);
      const shown = new Map(
        linear.explanations[0].contributions.map(({ column, typicalValue }) => [
          column,
          typicalValue as unknown,
        ]),
      );
      assert.deepEqual(Object.fromEntries(shown), typical);

      const trees = await ask(client, [customer], '2');
      assert.deepEqual([trees.method, trees.space], ['tree_shap', 'uncalibrated_probability']);
      assertClose(trees.baseValue, (0.9 + 0.2) / 2, 1e-6, 'base');
      assertClose(trees.explanations[0].score, (0.1 + 0.7) / 2, 1e-6, 'score');
      // The first tree: .9 with nobody, .4 with the contract alone, .1 with tenure: tenure (−.8 − .3) / 2, contract (−.5 + 0) / 2.
      const ofTrees = byColumn(trees);
      assertClose(ofTrees.get('tenure') ?? 0, -0.55 / 2, 1e-6, 'tenure');
      assertClose(ofTrees.get('contract') ?? 0, -0.25 / 2, 1e-6, 'contract');
      assertClose(ofTrees.get('charges') ?? 0, 0.5 / 2, 1e-6, 'charges');

      const names = Object.keys(typical);
      for (const version of ['3', '4']) {
        const answer = await ask(client, [customer], version);
        assert.deepEqual([answer.method, answer.space], ['sampled', 'probability']);
        const mixtures = Array.from({ length: 32 }, (_, set) =>
          Object.fromEntries(
            names.map((name, bit) => [name, ((set >> bit) & 1) === 1 ? customer[name] : typical[name]]),
          ),
        );
        const { probabilities } = await client.predict({ model: '', version, instances: mixtures });
        const expected = naiveShapley(
          5,
          members => probabilities[members.reduce((set, member, bit) => set + (member ? 1 << bit : 0), 0)],
        );
        const found = byColumn(answer);
        for (const [place, name] of names.entries())
          assertClose(found.get(name) ?? Number.NaN, expected[place], 1e-6, name);
        assertClose(sumOf(answer), answer.explanations[0].score, 1e-6, 'sum');
        assertClose(answer.explanations[0].score, answer.explanations[0].probability, 1e-6, 'probability');
        assert.deepEqual(await ask(client, [customer], version), answer);
      }
    }));

  it('refuses what Predict refuses, by row and column, and more than 100 instances', () =>
    withServedModel(async ({ client }) => {
      const refusals: [Record<string, unknown>[], RegExp][] = [
        [[goodInstance, { ...goodInstance, tenure: '5' }], /instances\[1\]\.tenure: expected a whole number/],
        [Array.from({ length: 101 }, () => goodInstance), /101 instances; expected 1 to 100/],
        [[], /no instance/],
      ];
      for (const [instances, message] of refusals)
        await assert.rejects(ask(client, instances), expectError('invalidArgument', message));
      await assert.rejects(
        client.explain({ model: 'chrun', version: '', instances: [goodInstance] }),
        expectError('notFound', /chrun/),
      );
      const many = Array.from({ length: 100 }, () => goodInstance);
      assert.equal((await ask(client, many)).explanations.length, 100);
    }));

  it('comes with the prediction where Predict is asked for it, of the version that answered', () =>
    withInference(async world => {
      await world.register(smallModel(), forest);
      await world.promote(1);
      const { client } = await world.start();
      const instances = [goodInstance, customer];
      for (const version of ['', '2']) {
        const answer = await client.predict({ model: '', version, instances, explain: true });
        const { explanation, ...without } = answer;
        assert.deepEqual(explanation, await ask(client, instances, version));
        const { explanation: none, ...plain } = await client.predict({ model: '', version, instances });
        assert.equal(none, undefined);
        assert.deepEqual({ ...without, predictionId: '' }, { ...plain, predictionId: '' });
      }
    }));

  it('comes with each answer of a stream, and for at most 100 instances', () =>
    withServedModel(async ({ client, inference }) => {
      const many = Array.from({ length: 101 }, () => goodInstance);
      await assert.rejects(
        client.predict({ model: '', version: '', instances: many, explain: true }),
        expectError('invalidArgument', /explanations of 101 instances; expected 1 to 100/),
      );
      const { predictions } = await client.predict({ model: '', version: '', instances: many });
      assert.equal(predictions.length, 101);
      const answer = await client.predict({
        model: '',
        version: '',
        instances: many.slice(1),
        explain: true,
        returnProba: false,
      });
      assert.equal(answer.explanation?.explanations.length, 100);
      assert.deepEqual(answer.probabilities, []);
      await withPredictStream(inference.port, async stream => {
        stream.write({ model: '', version: '', instances: [customer], explain: true });
        const [streamed] = await once(stream, 'data');
        assert.deepEqual(streamed.explanation, await ask(client, [customer]));
        stream.end();
      });
    }));
});
