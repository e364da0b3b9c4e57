import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { describeChoice } from '../../ml/evaluation/describeChoice.ts';
import { selectChampion } from '../../ml/evaluation/selectChampion.ts';
import { describeSearch } from '../../ml/trainers/search/describeSearch.ts';

const line = {
  trainer: 'line',
  crossValidation: { logLoss: { mean: 0.4143, sd: 0.01 }, rocAuc: { mean: 0.85, sd: 0.01 } },
};
const forest = {
  trainer: 'forest',
  crossValidation: { logLoss: { mean: 0.42, sd: 0.01 }, rocAuc: { mean: 0.86, sd: 0.01 } },
};
const blend = (gain: number) => ({
  trainer: 'blend',
  crossValidation: {
    logLoss: { mean: 0.4143 - gain, sd: 0.01 },
    rocAuc: { mean: 0.85, sd: 0.01 },
    // Over four folds the standard error is .001.
    gain: { mean: gain, sd: 0.002 },
  },
});

describe('describeChoice', () => {
  for (const [name, candidates, selection, sentence] of [
    [
      'the best alone',
      [line, forest],
      'logLoss',
      /^line has the lowest log-loss in cross-validation, 0\.4143$/,
    ],
    [
      'the best by another metric',
      [line, forest],
      'rocAuc',
      /^forest has the highest ROC AUC in cross-validation, 0\.8600$/,
    ],
    [
      'the simpler one within one standard error',
      [line, forest, blend(0.0009)],
      'logLoss',
      /^line has the lowest log-loss .*, 0\.4143, of one model alone; the blend is better by 0\.0009, within one standard error of that difference \(0\.0010\)/,
    ],
    [
      'a blend beyond it',
      [line, forest, blend(0.0011)],
      'logLoss',
      /^blend has the lowest .*0\.4132: better than the best of its members by 0\.0011, more than one standard error of that difference \(0\.0010\)$/,
    ],
    [
      'the best where the blend is worse',
      [line, forest, blend(-0.001)],
      'logLoss',
      /^line .*; the blend is no better$/,
    ],
  ] as const)
    it(`says of ${name} why it was chosen`, () => {
      assert.match(
        describeChoice(candidates, selectChampion(candidates, selection, 4), selection, 4),
        sentence,
      );
    });
});

describe('describeSearch', () => {
  const trials = [
    { changes: {}, logLoss: [0.41] },
    { changes: { l2: 0.3, splineKnots: 5 }, logLoss: [0.4] },
  ];
  for (const [record, sentence] of [
    [{ trials, chosen: 0, endedBy: 'plan' }, 'kept its recipe: none of 1 other was better beyond chance'],
    [
      { trials, chosen: 1, endedBy: 'plan' },
      'found l2 0.3, splineKnots 5: the best of 1 other, beyond chance',
    ],
    [
      { trials: [], chosen: 0, endedBy: 'budget' },
      'searched nothing: 20 seconds for all trainers buy it no trial',
    ],
    [
      { trials: [], chosen: 0, endedBy: 'clock' },
      'its search was given up after ten times its budget; it kept its recipe',
    ],
  ] as const)
    it(`says: ${sentence}`, () => {
      assert.equal(describeSearch({ budgetSeconds: 20, folds: 5, ...record }), sentence);
    });
});
