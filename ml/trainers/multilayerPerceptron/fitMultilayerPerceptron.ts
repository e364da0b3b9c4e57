import { stratifiedHoldout } from '../../dataset/stratifiedSample.ts';
import type { FeatureMatrix } from '../../features/FeatureMatrix.ts';
import { type KernelMemory, withKernelMemory } from '../../kernels/withKernelMemory.ts';
import { createRandom } from '../../random/createRandom.ts';
import { deriveSeed } from '../../random/deriveSeed.ts';
import { balancedWeights } from '../balancedWeights.ts';
import type { PerceptronModel } from '../FittedModel.ts';
import type { MultilayerPerceptronParameters } from '../Recipe.ts';
import { batchGradient, type Examples, meanLoss } from './batchGradient.ts';
import { createAdam } from './createAdam.ts';
import { createNetwork, type Network } from './createNetwork.ts';

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
  return withKernelMemory(memory => fitIn(memory, matrix, labels, parameters, seed, onProgress));
}

function fitIn(
  memory: KernelMemory,
  matrix: FeatureMatrix,
  labels: Uint8Array,
  parameters: MultilayerPerceptronParameters,
  seed: number,
  onProgress?: (share: number) => void,
): PerceptronModel {
  const { hiddenLayers, learningRate, maximumEpochs, l2, validationShare, patience, balanced } = parameters;
  const parts =
    validationShare === null
      ? { fit: Int32Array.from(labels, (_, row) => row), validation: new Int32Array(0) }
      : stratifiedHoldout(labels, validationShare, deriveSeed(seed, 'validation'));
  const isHeld = parts.validation.length > 0;
  const validation = copyInto(memory.int32(parts.validation.length), parts.validation);
  const order = copyInto(memory.int32(parts.fit.length), parts.fit);
  const batchSize = Math.min(parameters.batchSize, order.length);
  const network = createNetwork(memory, matrix.columnCount, hiddenLayers, batchSize);
  initialise(network, deriveSeed(seed, 'weights'));
  const examples: Examples = {
    rows: rowMajor(memory, matrix, network.inputStride),
    labels,
    classWeights: balanced ? balancedWeights(labels) : [1, 1],
  };
  const adam = createAdam(memory, network.parameters, network.gradient, learningRate);
  const derivatives = new Float64Array(batchSize);
  const random = createRandom(deriveSeed(seed, 'order'));
  const best = { loss: Number.POSITIVE_INFINITY, parameters: network.parameters.slice() };
  let epochsWithout = 0;

  for (let epoch = 1; epoch <= maximumEpochs; epoch++) {
    random.shuffle(order);
    let trainingLoss = 0;
    for (let start = 0; start < order.length; start += batchSize) {
      const batch = order.subarray(start, start + batchSize);
      trainingLoss += batch.length * batchGradient(network, examples, batch, l2, derivatives);
      adam();
    }
    const loss = isHeld ? meanLoss(network, examples, validation, batchSize) : trainingLoss / order.length;
    if (!Number.isFinite(loss))
      throw new RangeError(
        `the perceptron's loss became ${loss} in epoch ${epoch}; standardise the features, or try a learning rate below ${learningRate}`,
      );
    epochsWithout = loss > best.loss - TOLERANCE ? epochsWithout + 1 : 0;
    if (loss < best.loss) {
      best.loss = loss;
      best.parameters.set(network.parameters);
    }
    onProgress?.(epoch / maximumEpochs);
    if (epochsWithout > patience) break;
  }
  if (isHeld) network.parameters.set(best.parameters);
  return toModel(network);
}

/** Glorot's uniform initialisation (Glorot & Bengio 2010): weights and biases within ± √(6 / (inputs + outputs)). */
function initialise({ layers }: Network, seed: number): void {
  const random = createRandom(seed);
  for (const { inputs, outputs, stride, weights, biases } of layers) {
    const bound = Math.sqrt(6 / (inputs + outputs));
    const draw = (): number => bound * (2 * random.next() - 1);
    for (let input = 0; input < inputs; input++)
      for (let output = 0; output < outputs; output++) weights[input * stride + output] = draw();
    for (let output = 0; output < outputs; output++) biases[output] = draw();
  }
}

function copyInto(target: Int32Array, source: Int32Array): Int32Array {
  target.set(source);
  return target;
}

function rowMajor(
  memory: KernelMemory,
  { rowCount, columnCount, values }: FeatureMatrix,
  stride: number,
): Float32Array {
  const rows = memory.float32(rowCount * stride);
  for (let column = 0; column < columnCount; column++)
    for (let row = 0; row < rowCount; row++) rows[row * stride + column] = values[column * rowCount + row];
  return rows;
}

const toModel = ({ layers }: Network): PerceptronModel => ({
  kind: 'perceptron',
  layers: layers.map(({ inputs, outputs, stride, weights, biases }) => ({
    inputs,
    outputs,
    weights: Float32Array.from(
      { length: inputs * outputs },
      (_, index) => weights[Math.floor(index / outputs) * stride + (index % outputs)],
    ),
    biases: biases.slice(0, outputs),
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
