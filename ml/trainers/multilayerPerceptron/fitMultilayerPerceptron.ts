import { stratifiedHoldout } from '../../dataset/stratifiedSample.ts';
import type { FeatureMatrix } from '../../features/FeatureMatrix.ts';
import { createRandom } from '../../random/createRandom.ts';
import { deriveSeed } from '../../random/deriveSeed.ts';
import { balancedWeights } from '../balancedWeights.ts';
import type { PerceptronModel } from '../FittedModel.ts';
import type { MultilayerPerceptronParameters } from '../Recipe.ts';
import { batchGradient, type Examples, logitLoss } from './batchGradient.ts';
import { createAdam } from './createAdam.ts';
import { createNetwork, type Network } from './createNetwork.ts';
import { sparseRows } from './sparseRows.ts';

// The perceptron's training: Adam on shuffled mini-batches, as scikit-learn's MLPClassifier, but stopped early by the
// log-loss of the rows held back, where scikit-learn looks at their accuracy: probabilities are what we serve.

/** An epoch counts as an improvement when its loss falls by more than this (scikit-learn's tol). */
const TOLERANCE = 1e-4;

/**
 * Trains a perceptron.
 *
 * With `validationShare`, that share of each class is held back and the weights of its lowest log-loss are returned;
 * training ends after `patience` epochs without improvement. Without, or where no row can be held back, it ends when the
 * training loss has not improved for `patience` epochs, and the last weights are returned.
 * @param labels one a row, 0 or 1
 * @param onProgress called after each epoch with the share of `maximumEpochs` that is done
 * @throws RangeError for parameters out of range, sizes that do not match, or a loss that is not finite any more
 */
export function fitMultilayerPerceptron(
  matrix: FeatureMatrix,
  labels: Uint8Array,
  parameters: MultilayerPerceptronParameters,
  seed: number,
  onProgress?: (share: number) => void,
): PerceptronModel {
  assertSensible(matrix, labels, parameters);
  const { hiddenLayers, learningRate, maximumEpochs, l2, validationShare, patience, balanced } = parameters;
  const examples: Examples = {
    rows: sparseRows(matrix),
    labels,
    classWeights: balanced ? balancedWeights(labels) : [1, 1],
  };
  const parts =
    validationShare === null
      ? { fit: Int32Array.from(labels, (_, row) => row), validation: new Int32Array(0) }
      : stratifiedHoldout(labels, validationShare, deriveSeed(seed, 'validation'));
  const network = createNetwork(matrix.columnCount, hiddenLayers);
  let weights = initialParameters(network, deriveSeed(seed, 'weights'));
  let bestWeights = weights.slice();
  let bestLoss = Number.POSITIVE_INFINITY;
  let epochsWithout = 0;
  const adam = createAdam(network.parameterCount, learningRate);
  const gradient = new Float64Array(network.parameterCount);
  const random = createRandom(deriveSeed(seed, 'order'));
  const order = parts.fit.slice();
  const batchSize = Math.min(parameters.batchSize, order.length);

  for (let epoch = 1; epoch <= maximumEpochs; epoch++) {
    random.shuffle(order);
    let trainingLoss = 0;
    for (let start = 0; start < order.length; start += batchSize) {
      const batch = order.subarray(start, start + batchSize);
      trainingLoss += batch.length * batchGradient(network, weights, examples, batch, l2, gradient);
      adam(weights, gradient);
    }
    const held = parts.validation.length > 0;
    const loss = held ? meanLoss(network, weights, examples, parts.validation) : trainingLoss / order.length;
    if (!Number.isFinite(loss))
      throw new RangeError(
        `the perceptron's loss became ${loss} in epoch ${epoch}; try a learning rate below ${learningRate}`,
      );
    epochsWithout = loss > bestLoss - TOLERANCE ? epochsWithout + 1 : 0;
    if (loss < bestLoss) {
      bestLoss = loss;
      if (held) bestWeights.set(weights);
    }
    onProgress?.(epoch / maximumEpochs);
    if (epochsWithout > patience) break;
  }
  if (parts.validation.length > 0) weights = bestWeights;
  return toModel(network, weights);
}

/** Glorot's uniform initialisation (Glorot & Bengio 2010): weights and biases within ± √(6 / (inputs + outputs)). */
function initialParameters({ layers, parameterCount }: Network, seed: number): Float64Array {
  const random = createRandom(seed);
  const parameters = new Float64Array(parameterCount);
  for (const { inputs, outputs, weights, biases } of layers) {
    const bound = Math.sqrt(6 / (inputs + outputs));
    for (let index = weights; index < biases + outputs; index++)
      parameters[index] = bound * (2 * random.next() - 1);
  }
  return parameters;
}

function meanLoss(
  network: Network,
  parameters: Float64Array,
  { rows, labels, classWeights }: Examples,
  part: Int32Array,
): number {
  let loss = 0;
  for (const row of part)
    loss += classWeights[labels[row]] * logitLoss(network.forward(parameters, rows, row), labels[row]);
  return loss / part.length;
}

const toModel = ({ layers }: Network, parameters: Float64Array): PerceptronModel => ({
  kind: 'perceptron',
  layers: layers.map(({ inputs, outputs, weights, biases }) => ({
    inputs,
    outputs,
    weights: Float32Array.from(parameters.subarray(weights, biases)),
    biases: Float32Array.from(parameters.subarray(biases, biases + outputs)),
  })),
});

const isCount = (value: number, least: number): boolean => Number.isInteger(value) && value >= least;

function assertSensible(
  { rowCount, columnCount }: FeatureMatrix,
  labels: Uint8Array,
  parameters: MultilayerPerceptronParameters,
): void {
  const { hiddenLayers, learningRate, batchSize, maximumEpochs, l2, patience } = parameters;
  const faults = [
    rowCount > 0 || `the matrix has ${rowCount} rows; expected at least one`,
    columnCount > 0 || `the matrix has ${columnCount} columns; expected at least one`,
    labels.length === rowCount ||
      `there are ${labels.length} labels for ${rowCount} rows; expected one a row`,
    hiddenLayers.every(size => isCount(size, 1)) ||
      `hiddenLayers is [${hiddenLayers.join(', ')}]; expected whole numbers from 1`,
    learningRate > 0 || `learningRate is ${learningRate}; expected a number above 0`,
    isCount(batchSize, 1) || `batchSize is ${batchSize}; expected a whole number from 1`,
    isCount(maximumEpochs, 1) || `maximumEpochs is ${maximumEpochs}; expected a whole number from 1`,
    isCount(patience, 0) || `patience is ${patience}; expected a whole number from 0`,
    l2 >= 0 || `l2 is ${l2}; expected a number from 0`,
  ].filter(fault => fault !== true);
  if (faults.length > 0) throw new RangeError(`the perceptron cannot be trained: ${faults.join('; ')}`);
}
