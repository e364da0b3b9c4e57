import { sigmoid } from '../sigmoid.ts';
import type { Network } from './createNetwork.ts';

export interface Examples {
  /** In the network's memory: row-major, `network.inputStride` values a row, the features first and zeros behind them. */
  readonly rows: Float32Array;
  /** One a row, 0 or 1. */
  readonly labels: Uint8Array;
  /** Weight of a row with label 0 and of one with label 1. */
  readonly classWeights: readonly [number, number];
}

/**
 * The loss that a batch is descended on, as scikit-learn's MLPClassifier has it: the weighted log-loss summed over the batch
 * plus ½ l2 ‖W‖² (biases are free), both over the batch's size. Its gradient is left in `network.gradient`.
 * @param batch row indices in the network's memory, at most as many as the network holds
 * @param derivatives room for as many numbers as the batch has rows
 */
export function batchGradient(
  network: Network,
  examples: Examples,
  batch: Int32Array,
  l2: number,
  derivatives: Float64Array,
): number {
  const { labels, classWeights } = examples;
  const count = batch.length;
  const logits = network.forward(examples.rows, batch);
  let loss = 0;
  for (let place = 0; place < count; place++) {
    const label = labels[batch[place]];
    const weight = classWeights[label];
    loss += weight * logitLoss(logits[place], label);
    derivatives[place] = (weight * (sigmoid(logits[place]) - label)) / count;
  }
  network.backward(count, derivatives);
  const squares = network.addDecay(l2 / count);
  return (loss + 0.5 * l2 * squares) / count;
}

/** Mean weighted log-loss of some rows, taken `batchRows` at a time. */
export function meanLoss(network: Network, examples: Examples, part: Int32Array, batchRows: number): number {
  let loss = 0;
  for (let start = 0; start < part.length; start += batchRows) {
    const batch = part.subarray(start, start + batchRows);
    const logits = network.forward(examples.rows, batch);
    for (let place = 0; place < batch.length; place++) {
      const label = examples.labels[batch[place]];
      loss += examples.classWeights[label] * logitLoss(logits[place], label);
    }
  }
  return loss / part.length;
}

/** log(1 + e^z) − y z, the log-loss of a logit, without overflow. */
const logitLoss = (logit: number, label: number): number =>
  Math.max(logit, 0) - label * logit + Math.log1p(Math.exp(-Math.abs(logit)));
