import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { labelsOf } from '../../ml/dataset/labelsOf.ts';
import { splitTable } from '../../ml/dataset/splitTable.ts';
import type { Column, Table } from '../../ml/dataset/Table.ts';
import { metricNames, type TrainerName, trainerNames } from '../../ml/definition/ProjectDefinition.ts';
import { chooseThreshold } from '../../ml/evaluation/chooseThreshold.ts';
import { crossValidationMetrics } from '../../ml/evaluation/crossValidationMetrics.ts';
import { evaluate } from '../../ml/evaluation/evaluate.ts';
import { meanSd } from '../../ml/evaluation/meanSd.ts';
import { createRandom } from '../../ml/random/createRandom.ts';
import { applyCalibration } from '../../ml/trainers/calibration/applyCalibration.ts';
import { calibrateIfBetter } from '../../ml/trainers/calibration/calibrateIfBetter.ts';
import { crossFittedCalibration } from '../../ml/trainers/calibration/crossFittedCalibration.ts';
import { predict } from '../../ml/trainers/predict.ts';
import type { Recipe } from '../../ml/trainers/Recipe.ts';
import { recipesFor } from '../../ml/trainers/recipes.ts';
import { trainFinal } from '../../ml/trainers/trainFinal.ts';
import { trainFold } from '../../ml/trainers/trainFold.ts';
import { telcoSplits, telcoTable } from '../support/telcoTable.ts';

const label = { positive: 'Yes', negative: 'No' };

/** A small table with a number that has holes, a category of two and one of three levels, and a column that says nothing. */
function drawnTable(rowCount: number, seed: number): Table {
  const random = createRandom(seed);
  const values = Float32Array.from({ length: rowCount }, () =>
    random.below(10) === 0 ? Number.NaN : random.normal(),
  );
  const two = Int32Array.from({ length: rowCount }, () => (random.below(3) === 0 ? 1 : 0));
  const three = Int32Array.from({ length: rowCount }, () => random.below(4) - 1);
  const columns: Column[] = [
    { kind: 'number', name: 'x', values },
    { kind: 'category', name: 'two', levels: ['No', 'Yes'], codes: two },
    { kind: 'category', name: 'three', levels: ['a', 'b', 'c'], codes: three },
    { kind: 'number', name: 'constant', values: new Float32Array(rowCount).fill(4) },
  ];
  const labels = Uint8Array.from(values, (value, row) => {
    const margin = (Number.isNaN(value) ? 0 : 1.5 * value) + two[row] + (three[row] === 2 ? 1 : 0) - 1;
    return random.next() < 1 / (1 + Math.exp(-margin)) ? 1 : 0;
  });
  return { rowCount, columns, labels };
}

/** The recipe with little work in it: what is tested here is the path, not the fit. */
function shortened(recipe: Recipe): Recipe {
  if (recipe.trainer === 'randomForest')
    return { ...recipe, parameters: { ...recipe.parameters, trees: 40 } };
  if (recipe.trainer === 'gradientBoosting')
    return { ...recipe, parameters: { ...recipe.parameters, maximumIterations: 15 } };
  if (recipe.trainer === 'multilayerPerceptron')
    return { ...recipe, parameters: { ...recipe.parameters, maximumEpochs: 8 } };
  return recipe;
}
const recipes = (set: 'holdfast' | 'original', ...trainers: TrainerName[]): Recipe[] =>
  recipesFor({ trainers, recipe: set }).map(shortened);

const labelled = (labels: Uint8Array, probabilities: Float64Array, places: number[]) =>
  [
    Uint8Array.from(places, place => labels[place]),
    Float64Array.from(places, place => probabilities[place]),
  ] as const;

describe('recipesFor', () => {
  it("follows the definition's trainers and its recipe, unless another is asked for", () => {
    const definition = {
      trainers: ['randomForest', 'logisticRegression'] satisfies TrainerName[],
      recipe: 'original',
    } as const;
    assert.deepEqual(
      recipesFor(definition).map(({ trainer, smote }) => [trainer, smote]),
      [
        ['randomForest', true],
        ['logisticRegression', true],
      ],
    );
    assert.ok(recipesFor(definition, 'holdfast').every(recipe => !recipe.smote && recipe.calibrate));
  });

  it("states the original system's parameters", () => {
    const [logistic, forest, boosting, perceptron] = recipesFor({
      trainers: [...trainerNames],
      recipe: 'original',
    });
    assert.partialDeepStrictEqual(logistic, {
      parameters: { l2: 1, maximumIterations: 1000, balanced: true },
      minimumAbsoluteCorrelation: 0.18,
    });
    assert.partialDeepStrictEqual(forest.parameters, { trees: 300, balanced: true });
    assert.partialDeepStrictEqual(boosting.parameters, {
      maximumIterations: 500,
      maximumLeaves: 31,
      learningRate: 0.05,
      validationShare: null,
    });
    assert.partialDeepStrictEqual(perceptron.parameters, { hiddenLayers: [64, 32] });
  });
});

for (const set of ['holdfast', 'original'] as const)
  for (const recipe of recipes(set, ...trainerNames))
    describe(`${set} ${recipe.trainer}`, () => {
      const table = drawnTable(400, 31);
      const split = splitTable(table, { holdoutShare: 0.25, folds: 3, seed: 1 });
      const options = { table, trainRows: split.train, evaluateRows: split.holdout, recipe, seed: 5 };

      it('predicts a fold, the same again for the same seed, and tells how far it is', () => {
        const shares: number[] = [];
        const probabilities = trainFold({ ...options, onProgress: share => shares.push(share) });
        assert.equal(probabilities.length, split.holdout.length);
        assert.ok(probabilities.every(probability => probability >= 0 && probability <= 1));
        assert.ok(evaluate(labelsOf(table, split.holdout), probabilities, 0.5).rocAuc > 0.6);
        assert.deepEqual(trainFold(options), probabilities);
        assert.equal(shares.at(-1), 1);
        assert.ok(
          shares.every((share, call) => share >= (shares[call - 1] ?? 0) && share <= 1),
          shares.join(),
        );
      });

      it('learns nothing from the rows that it predicts', () => {
        const held = new Set(split.holdout);
        const columns = table.columns.map(column =>
          column.kind === 'number'
            ? { ...column, values: column.values.map((value, row) => (held.has(row) ? 1e6 : value)) }
            : {
                ...column,
                levels: [...column.levels, 'elsewhere'],
                codes: column.codes.map((code, row) => (held.has(row) ? column.levels.length : code)),
              },
        );
        const labels = table.labels.map((value, row) => (held.has(row) ? 1 - value : value));
        // Fitted on the changed table, scored on the true rows of the training part: only the fit can differ.
        const some = split.train.slice(0, 50);
        assert.deepEqual(
          trainFold({ ...options, table: { ...table, columns, labels }, evaluateRows: some }),
          trainFold({ ...options, evaluateRows: some }),
        );
      });
    });

describe('trainFinal and predict', () => {
  const table = drawnTable(600, 32);
  const { train, holdout, foldOf } = splitTable(table, { holdoutShare: 0.2, folds: 3, seed: 2 });
  const labels = labelsOf(table, train);
  const [recipe] = recipes('holdfast', 'logisticRegression');
  const outOfFold = { probabilities: new Float64Array(train.length), foldOf };
  for (let fold = 0; fold < 3; fold++) {
    const places = Int32Array.from([...train.keys()].filter(place => foldOf[place] === fold));
    const predicted = trainFold({
      table,
      trainRows: train.filter((_, place) => foldOf[place] !== fold),
      evaluateRows: places.map(place => train[place]),
      recipe,
      seed: 3,
    });
    for (const [index, place] of places.entries()) outOfFold.probabilities[place] = predicted[index];
  }

  it('takes calibration and threshold from the out-of-fold predictions', () => {
    // Predictions that are far too sure, so that calibration is worth it.
    const tooSure = outOfFold.probabilities.map(p => p ** 3 / (p ** 3 + (1 - p) ** 3));
    const final = {
      table,
      rows: train,
      recipe,
      seed: 3,
      outOfFold: { probabilities: tooSure, foldOf },
      label,
    };
    const pipeline = trainFinal(final);
    const expected = calibrateIfBetter(labels, tooSure, foldOf);
    assert.ok(expected !== null);
    assert.deepEqual(pipeline.calibration, expected);
    assert.equal(pipeline.threshold, chooseThreshold(labels, applyCalibration(expected, tooSure)));
    assert.deepEqual([pipeline.positiveLabel, pipeline.negativeLabel], ['Yes', 'No']);
    assert.deepEqual(trainFinal(final), pipeline);

    const uncalibrated = trainFinal({ ...final, recipe: { ...recipe, calibrate: false } });
    assert.equal(uncalibrated.calibration, null);
    assert.deepEqual(
      predict(pipeline, table, holdout),
      applyCalibration(expected, predict(uncalibrated, table, holdout)),
    );
    const whole = trainFold({ table, trainRows: train, evaluateRows: holdout, recipe, seed: 3 });
    assert.deepEqual(predict(uncalibrated, table, holdout), whole);
  });

  it('evaluates each fold by calibration and threshold of the other folds', () => {
    const tooSure = outOfFold.probabilities.map(p => p ** 3 / (p ** 3 + (1 - p) ** 3));
    for (const [probabilities, calibrate] of [
      [tooSure, true],
      [tooSure, false],
    ] as const) {
      const used = calibrate ? crossFittedCalibration(labels, probabilities, foldOf) : probabilities;
      const ofFold = [0, 1, 2].map(fold => {
        const inside = [...train.keys()].filter(place => foldOf[place] === fold);
        const outside = [...train.keys()].filter(place => foldOf[place] !== fold);
        return evaluate(
          ...labelled(labels, used, inside),
          chooseThreshold(...labelled(labels, used, outside)),
        );
      });
      const ours = crossValidationMetrics({ labels, probabilities, foldOf, calibrate });
      for (const metric of metricNames)
        assert.deepEqual(ours[metric], meanSd(ofFold.map(metrics => metrics[metric])), metric);
    }
  });

  it('scores a table of one row with a level and a column it never met', () => {
    const pipeline = trainFinal({ table, rows: train, recipe, seed: 3, outOfFold, label });
    const row: Table = {
      rowCount: 1,
      labels: new Uint8Array(1),
      columns: [
        { kind: 'category', name: 'three', levels: ['new'], codes: Int32Array.of(0) },
        { kind: 'category', name: 'two', levels: [], codes: Int32Array.of(-1) },
        { kind: 'number', name: 'constant', values: Float32Array.of(99) },
        { kind: 'number', name: 'extra', values: Float32Array.of(1) },
        { kind: 'number', name: 'x', values: Float32Array.of(Number.NaN) },
      ],
    };
    const [probability] = predict(pipeline, row, Int32Array.of(0));
    assert.ok(probability > 0 && probability < 1);
  });

  it('refuses a training part of one label and figures of one fold', () => {
    const positives = Int32Array.from([...train].filter(row => table.labels[row] === 1));
    assert.throws(
      () => trainFold({ table, trainRows: positives, evaluateRows: holdout, recipe, seed: 1 }),
      /one label; expected rows of both/,
    );
    for (const calibrate of [true, false])
      assert.throws(
        () =>
          crossValidationMetrics({
            labels,
            probabilities: outOfFold.probabilities,
            foldOf: new Uint8Array(labels.length),
            calibrate,
          }),
        /1 fold; expected at least two/,
      );
  });
});

describe('Telco, mean of five splits', () => {
  it('logistic regression is calibrated to within .03 and ranks as measured', function () {
    const table = telcoTable(this);
    const [recipe] = recipes('holdfast', 'logisticRegression');
    const figures = telcoSplits(table).map(({ train, holdout }) =>
      evaluate(
        labelsOf(table, holdout),
        trainFold({ table, trainRows: train, evaluateRows: holdout, recipe, seed: 1 }),
        0.5,
      ),
    );
    const mean = (metric: 'rocAuc' | 'logLoss' | 'calibrationError'): number =>
      meanSd(figures.map(metrics => metrics[metric])).mean;
    assert.ok(mean('calibrationError') <= 0.03, `calibration error ${mean('calibrationError')}`);
    assert.ok(mean('rocAuc') >= 0.8495, `ROC AUC ${mean('rocAuc')}`);
    assert.ok(mean('logLoss') <= 0.411, `log-loss ${mean('logLoss')}`);
  });
});
