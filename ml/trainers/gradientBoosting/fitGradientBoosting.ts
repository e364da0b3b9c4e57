import { stratifiedHoldout } from '../../dataset/stratifiedSample.ts';
import type { FeatureMatrix } from '../../features/FeatureMatrix.ts';
import { type Crew, soloCrew } from '../../kernels/Crew.ts';
import { type KernelMemory, withKernelMemory } from '../../kernels/withKernelMemory.ts';
import { deriveSeed } from '../../random/deriveSeed.ts';
import { balancedWeights } from '../balancedWeights.ts';
import type { TreesModel } from '../FittedModel.ts';
import type { GradientBoostingParameters } from '../Recipe.ts';
import { binMatrix } from '../trees/binMatrix.ts';
import { createNodeTable } from '../trees/createNodeTable.ts';
import { requireTrainable } from '../trees/requireTrainable.ts';
import { selectRows } from '../trees/selectRows.ts';
import { createTreeGrower } from './createTreeGrower.ts';
import { layOutHistograms } from './layOutHistograms.ts';
import { meanLogLoss } from './meanLogLoss.ts';

// Boosted trees on histograms for a yes/no label: binning, then one tree a round on the derivatives of the log-loss, with
// early stopping on rows that no tree saw. After scikit-learn's HistGradientBoostingClassifier, save that the best round
// is kept, not the last.

interface Part {
  readonly matrix: FeatureMatrix;
  readonly labels: Uint8Array;
}

/**
 * Fits boosted trees.
 * @param labels one a row, 0 or 1. Where there is one class only, the model is a constant next to 0 or 1.
 * @param onProgress called after every round with the share of `maximumIterations` done, and with 1 at the end
 * @param crew threads for one tree after another; the model's bits do not depend on their number
 * @throws RangeError without rows, or for parameters outside their range
 */
export function fitGradientBoosting(
  matrix: FeatureMatrix,
  labels: Uint8Array,
  parameters: GradientBoostingParameters,
  seed: number,
  onProgress?: (share: number) => void,
  crew: Crew = soloCrew,
): TreesModel {
  checkParameters(matrix, labels, parameters);
  return withKernelMemory(memory => fitIn(memory, crew, { matrix, labels }, parameters, seed, onProgress));
}

function fitIn(
  memory: KernelMemory,
  crew: Crew,
  { matrix, labels }: Part,
  parameters: GradientBoostingParameters,
  seed: number,
  onProgress?: (share: number) => void,
): TreesModel {
  const { maximumIterations, validationShare, patience } = parameters;
  const weights = parameters.balanced && hasBothClasses(labels) ? balancedWeights(labels) : ([1, 1] as const);
  const { fit, validation } = parted({ matrix, labels }, validationShare, deriveSeed(seed, 'validation'));

  const base = priorLogOdds(fit.labels, weights);
  const binned = binMatrix(memory, fit.matrix, parameters.maximumBins, deriveSeed(seed, 'bins'));
  const grower = createTreeGrower({
    memory,
    crew,
    layout: layOutHistograms(memory, binned),
    labels: fit.labels,
    weights,
    base,
    parameters,
  });
  const table = createNodeTable();
  const validationScores = new Float64Array(validation?.labels.length ?? 0).fill(base);
  let bestLoss = validation === null ? 0 : meanLogLoss(validationScores, validation.labels, weights);
  let bestCount = 0;
  while (table.treeCount < maximumIterations) {
    if (!grower.grow(table)) break;
    if (validation !== null) {
      table.addNewestTo(validation.matrix, validationScores);
      const loss = meanLogLoss(validationScores, validation.labels, weights);
      if (loss < bestLoss) {
        bestLoss = loss;
        bestCount = table.treeCount;
      } else if (table.treeCount - bestCount >= patience) break;
    }
    if (table.treeCount < maximumIterations) onProgress?.(table.treeCount / maximumIterations);
  }
  if (validation !== null) table.keepTrees(bestCount);
  onProgress?.(1);
  return table.toModel('logit', base);
}

/** The rows to fit and those to stop by. Null where too few rows leave nothing to stop by. */
function parted(
  all: Part,
  share: number | null,
  seed: number,
): { readonly fit: Part; readonly validation: Part | null } {
  if (share === null) return { fit: all, validation: null };
  const rows = stratifiedHoldout(all.labels, share, seed);
  if (rows.validation.length === 0) return { fit: all, validation: null };
  const part = (chosen: Int32Array): Part => ({
    matrix: selectRows(all.matrix, chosen),
    labels: Uint8Array.from(chosen, row => all.labels[row]),
  });
  return { fit: part(rows.fit), validation: part(rows.validation) };
}

/** Log-odds of the weighted share of positives, kept as far from infinity as scikit-learn keeps it. */
function priorLogOdds(
  labels: Uint8Array,
  [negativeWeight, positiveWeight]: readonly [number, number],
): number {
  let positives = 0;
  for (const label of labels) positives += label;
  const positive = positives * positiveWeight;
  const share = positive / (positive + (labels.length - positives) * negativeWeight);
  const clipped = Math.min(Math.max(share, 10 * Number.EPSILON), 1 - 10 * Number.EPSILON);
  return Math.log(clipped / (1 - clipped));
}

const hasBothClasses = (labels: Uint8Array): boolean => labels.includes(0) && labels.includes(1);

function checkParameters(
  matrix: FeatureMatrix,
  labels: Uint8Array,
  parameters: GradientBoostingParameters,
): void {
  const { maximumIterations, maximumLeaves, maximumDepth, minimumSamplesLeaf, patience } = parameters;
  requireTrainable(matrix, labels, {
    maximumIterations,
    maximumLeaves,
    maximumDepth,
    minimumSamplesLeaf,
    patience,
  });
  if (!(parameters.learningRate > 0))
    throw new RangeError(`learningRate is ${parameters.learningRate}; expected a number above 0`);
  if (!(parameters.l2 >= 0)) throw new RangeError(`l2 is ${parameters.l2}; expected 0 or more`);
}
