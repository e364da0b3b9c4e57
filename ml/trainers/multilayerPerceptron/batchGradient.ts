import { sigmoid } from '../sigmoid.ts';
import type { Network } from './createNetwork.ts';
import type { SparseRows } from './sparseRows.ts';

export interface Examples {
  readonly rows: SparseRows;
  /** One a row, 0 or 1. */
  readonly labels: Uint8Array;
  /** Weight of a row with label 0 and of one with label 1. */
  readonly classWeights: readonly [number, number];
}

/** log(1 + e^z) − y z, the log-loss of a logit, without overflow. */
export const logitLoss = (logit: number, label: number): number =>
  Math.max(logit, 0) - label * logit + Math.log1p(Math.exp(-Math.abs(logit)));

/**
 * The loss that a batch is descended on, as scikit-learn's MLPClassifier has it: the weighted log-loss summed over the batch
 * plus ½ l2 ‖W‖² (biases are free), both over the batch's size.
 * @param batch row indices
 * @param gradient receives the gradient, in the order of the parameters
 * @returns the loss
 */
export function batchGradient(
  network: Network,
  parameters: Float64Array,
  { rows, labels, classWeights }: Examples,
  batch: Int32Array,
  l2: number,
  gradient: Float64Array,
): number {
  gradient.fill(0);
  let loss = 0;
  for (let place = 0; place < batch.length; place++) {
    const row = batch[place];
    const label = labels[row];
    const weight = classWeights[label];
    const logit = network.forward(parameters, rows, row);
    loss += weight * logitLoss(logit, label);
    network.backward(parameters, rows, row, weight * (sigmoid(logit) - label), gradient);
  }
  let squares = 0;
  for (const { weights, biases } of network.layers)
    for (let index = weights; index < biases; index++) {
      squares += parameters[index] * parameters[index];
      gradient[index] += l2 * parameters[index];
    }
  for (let index = 0; index < gradient.length; index++) gradient[index] /= batch.length;
  return (loss + 0.5 * l2 * squares) / batch.length;
}
