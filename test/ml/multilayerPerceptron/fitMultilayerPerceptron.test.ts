import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { z } from 'zod';
import { labelsOf } from '../../../ml/dataset/labelsOf.ts';
import { stratifiedHoldout } from '../../../ml/dataset/stratifiedSample.ts';
import { logLoss } from '../../../ml/evaluation/logLoss.ts';
import { rocAuc } from '../../../ml/evaluation/rocAuc.ts';
import { encode } from '../../../ml/features/encode.ts';
import type { FeatureMatrix } from '../../../ml/features/FeatureMatrix.ts';
import { fitEncoder } from '../../../ml/features/fitEncoder.ts';
import { createRandom } from '../../../ml/random/createRandom.ts';
import { deriveSeed } from '../../../ml/random/deriveSeed.ts';
import { fitMultilayerPerceptron } from '../../../ml/trainers/multilayerPerceptron/fitMultilayerPerceptron.ts';
import { scorePerceptron } from '../../../ml/trainers/multilayerPerceptron/scorePerceptron.ts';
import type { MultilayerPerceptronParameters } from '../../../ml/trainers/Recipe.ts';
import { assertClose } from '../../support/assertClose.ts';
import { matrixOf } from '../../support/matrixOf.ts';
import { readGolden } from '../../support/readGolden.ts';
import { telcoSplits, telcoTable } from '../../support/telcoTable.ts';

const parameters: MultilayerPerceptronParameters = {
  hiddenLayers: [8],
  learningRate: 0.01,
  batchSize: 32,
  maximumEpochs: 30,
  l2: 1e-3,
  validationShare: null,
  patience: 1000,
  balanced: false,
};

/** Rows whose label depends on a product of two numbers, with noise; a third number tells nothing. */
function drawn(rowCount: number, seed: number): { matrix: FeatureMatrix; labels: Uint8Array } {
  const random = createRandom(seed);
  const rows = Array.from({ length: rowCount }, () => [random.normal(), random.normal(), random.normal()]);
  const labels = Uint8Array.from(rows, ([a, b]) =>
    random.next() < 1 / (1 + Math.exp(1 - 3 * a * b)) ? 1 : 0,
  );
  return { matrix: matrixOf(rows), labels };
}

function subset({ rowCount, columnCount, values }: FeatureMatrix, rows: Int32Array): FeatureMatrix {
  const picked = Array.from({ length: columnCount }, (_, column) =>
    Array.from(rows, row => values[column * rowCount + row]),
  );
  return { rowCount: rows.length, columnCount, values: Float32Array.from(picked.flat()) };
}

describe('fitMultilayerPerceptron', () => {
  it('learns XOR, which no linear model can', () => {
    const corners = [
      [0, 0],
      [0, 1],
      [1, 0],
      [1, 1],
    ];
    const rows = Array.from({ length: 200 }, (_, row) => corners[row % 4]);
    const labels = Uint8Array.from(rows, ([a, b]) => a ^ b);
    for (const seed of [1, 2, 3]) {
      const model = fitMultilayerPerceptron(
        matrixOf(rows),
        labels,
        { ...parameters, hiddenLayers: [16], maximumEpochs: 300, l2: 0 },
        seed,
      );
      const p = scorePerceptron(model, matrixOf(corners));
      for (const [corner, expected] of [0, 1, 1, 0].entries())
        assertClose(p[corner], expected, 0.05, `corner ${corners[corner].join()} with seed ${seed}`);
    }
  });

  it('finds the log odds where nothing can be told apart', () => {
    const rows = Array.from({ length: 400 }, () => [0]);
    const labels = Uint8Array.from(rows, (_, row) => (row % 4 === 0 ? 1 : 0));
    const model = fitMultilayerPerceptron(matrixOf(rows), labels, { ...parameters, maximumEpochs: 200 }, 1);
    assertClose(scorePerceptron(model, matrixOf([[0]]))[0], 0.25, 0.02);
  });

  it('gives each class the same sum of weights when balanced', () => {
    const rows = Array.from({ length: 400 }, () => [0]);
    const labels = Uint8Array.from(rows, (_, row) => (row % 4 === 0 ? 1 : 0));
    const model = fitMultilayerPerceptron(
      matrixOf(rows),
      labels,
      { ...parameters, maximumEpochs: 200, balanced: true },
      1,
    );
    assertClose(scorePerceptron(model, matrixOf([[0]]))[0], 0.5, 0.02);
  });

  it('gives the same bits for the same seed, and others for another', () => {
    const { matrix, labels } = drawn(500, 4);
    const fit = (seed: number) =>
      fitMultilayerPerceptron(matrix, labels, { ...parameters, validationShare: 0.2 }, seed);
    assert.deepEqual(fit(1), fit(1));
    assert.notDeepEqual(fit(1), fit(2));
  });

  it('returns the weights of the epoch whose held-back rows it predicts best', () => {
    const { matrix, labels } = drawn(400, 5);
    // A high rate overfits soon, so that the best epoch is not the last.
    const early = { ...parameters, hiddenLayers: [32], learningRate: 0.05, l2: 0, validationShare: 0.25 };
    const seed = 9;
    const { validation } = stratifiedHoldout(labels, 0.25, deriveSeed(seed, 'validation'));
    const held = subset(matrix, validation);
    const heldLabels = labels.filter((_, row) => validation.includes(row));
    // Training for e epochs is a prefix of training for more; each returns the best of its own epochs.
    const models = Array.from({ length: 30 }, (_, epoch) =>
      fitMultilayerPerceptron(matrix, labels, { ...early, maximumEpochs: epoch + 1 }, seed),
    );
    const losses = models.map(model => logLoss(heldLabels, scorePerceptron(model, held)));
    const best = losses.indexOf(Math.min(...losses));
    assert.ok(best > 0 && best < 29, `the best epoch is ${best + 1}`);
    for (let epoch = 1; epoch < losses.length; epoch++)
      assert.ok(losses[epoch] <= losses[epoch - 1] + 1e-6, `epoch ${epoch + 1}: ${losses.join()}`);
    assert.deepEqual(models[29], models[best]);
  });

  it('stops after the patience is over, with and without rows held back', () => {
    const { matrix, labels } = drawn(300, 6);
    for (const validationShare of [null, 0.2]) {
      const shares: number[] = [];
      fitMultilayerPerceptron(
        matrix,
        labels,
        { ...parameters, learningRate: 1e-6, maximumEpochs: 500, patience: 3, validationShare },
        1,
        share => shares.push(share),
      );
      assert.ok(shares.length >= 5 && shares.length < 50, `${shares.length} epochs`);
      assert.deepEqual(
        shares,
        shares.map((_, epoch) => (epoch + 1) / 500),
      );
    }
  });

  it('trains where a class has a single row, which is not held back', () => {
    const labels = Uint8Array.from({ length: 20 }, (_, row) => (row === 3 ? 1 : 0));
    const matrix = matrixOf(Array.from(labels, label => [label]));
    const model = fitMultilayerPerceptron(matrix, labels, { ...parameters, validationShare: 0.1 }, 1);
    assert.equal(model.layers.length, 2);
  });

  it('describes the layers it was asked for', () => {
    const { matrix, labels } = drawn(100, 7);
    for (const hiddenLayers of [[], [5], [9, 4]]) {
      const { layers } = fitMultilayerPerceptron(
        matrix,
        labels,
        { ...parameters, hiddenLayers, maximumEpochs: 1 },
        1,
      );
      const sizes = [3, ...hiddenLayers, 1];
      assert.deepEqual(
        layers.map(({ inputs, outputs, weights, biases }) => [
          inputs,
          outputs,
          weights.length,
          biases.length,
        ]),
        sizes.slice(1).map((outputs, index) => [sizes[index], outputs, sizes[index] * outputs, outputs]),
      );
    }
  });

  const refused: readonly { of: string; change: Partial<MultilayerPerceptronParameters>; message: RegExp }[] =
    [
      { of: 'a layer of no units', change: { hiddenLayers: [4, 0] }, message: /hiddenLayers is \[4, 0\]/ },
      {
        of: 'a learning rate of 0',
        change: { learningRate: 0 },
        message: /learningRate is 0; expected a number above 0/,
      },
      { of: 'a batch of half a row', change: { batchSize: 0.5 }, message: /batchSize is 0\.5/ },
      { of: 'no epochs', change: { maximumEpochs: 0 }, message: /maximumEpochs is 0/ },
      { of: 'a negative penalty', change: { l2: -1 }, message: /l2 is -1/ },
      { of: 'a validation share of 1', change: { validationShare: 1 }, message: /validation share is 1/ },
    ];
  for (const { of, change, message } of refused)
    it(`refuses ${of}`, () => {
      const { matrix, labels } = drawn(60, 8);
      assert.throws(() => fitMultilayerPerceptron(matrix, labels, { ...parameters, ...change }, 1), {
        name: 'RangeError',
        message,
      });
    });

  it('says so where the sums leave float32', () => {
    const labels = Uint8Array.from({ length: 40 }, (_, row) => row % 2);
    const matrix = matrixOf(Array.from(labels, (label, row) => [label === 1 ? 3e38 : -3e38, row * 8e36]));
    assert.throws(() => fitMultilayerPerceptron(matrix, labels, parameters, 1), {
      name: 'RangeError',
      message: /loss became \S+ in epoch 1; .*learning rate below 0\.01/,
    });
  });

  it('refuses labels that do not match the rows', () => {
    assert.throws(() => fitMultilayerPerceptron(matrixOf([[1], [2]]), Uint8Array.of(1), parameters, 1), {
      message: /1 labels for 2 rows/,
    });
  });

  it('refuses to score a matrix of another width', () => {
    const { matrix, labels } = drawn(60, 8);
    const model = fitMultilayerPerceptron(matrix, labels, { ...parameters, maximumEpochs: 1 }, 1);
    assert.throws(() => scorePerceptron(model, matrixOf([[1, 2]])), {
      message: /2 columns; the perceptron expects 3/,
    });
  });

  const spread = z.object({ mean: z.number(), sd: z.number() });
  const golden = readGolden(
    'multilayerPerceptron',
    z.object({
      cases: z.array(
        z.object({
          hiddenLayers: z.array(z.number()),
          l2: z.number(),
          learningRate: z.number(),
          batchSize: z.number(),
          epochs: z.number(),
          seeds: z.number(),
          rocAuc: spread,
          logLoss: spread,
        }),
      ),
    }),
  );
  for (const { epochs, seeds, rocAuc: expectedAuc, logLoss: expectedLoss, ...given } of golden.cases)
    it(`is as good as scikit-learn's MLPClassifier on Telco: ${[...given.hiddenLayers, 1].join('-')}, ${epochs} epochs`, function () {
      const table = telcoTable(this);
      const found = telcoSplits(table).map(({ train, holdout }) => {
        const encoder = fitEncoder(table, train, { standardise: true });
        const model = fitMultilayerPerceptron(
          encode(encoder, table, train),
          labelsOf(table, train),
          { ...parameters, ...given, maximumEpochs: epochs },
          1,
        );
        const p = scorePerceptron(model, encode(encoder, table, holdout));
        const labels = labelsOf(table, holdout);
        return { rocAuc: rocAuc(labels, p), logLoss: logLoss(labels, p) };
      });
      const mean = (metric: 'rocAuc' | 'logLoss') =>
        found.reduce((sum, one) => sum + one[metric], 0) / found.length;
      // Ours is one more seed: four standard deviations of the difference to the mean of scikit-learn's seeds.
      const errors = 4 * Math.sqrt(1 + 1 / seeds);
      assertClose(mean('rocAuc'), expectedAuc.mean, errors * expectedAuc.sd, 'ROC AUC');
      assertClose(mean('logLoss'), expectedLoss.mean, errors * expectedLoss.sd, 'log-loss');
    });
});
