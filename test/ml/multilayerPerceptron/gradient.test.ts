import { describe, it } from 'mocha';
import { withKernelMemory } from '../../../ml/kernels/withKernelMemory.ts';
import { createRandom } from '../../../ml/random/createRandom.ts';
import { batchGradient } from '../../../ml/trainers/multilayerPerceptron/batchGradient.ts';
import { createNetwork } from '../../../ml/trainers/multilayerPerceptron/createNetwork.ts';
import { assertClose } from '../../support/assertClose.ts';

// The gradient against finite differences of a naive loss in float64, one row and one unit at a time.

interface Layer {
  readonly inputs: number;
  readonly outputs: number;
  readonly stride: number;
  readonly weights: Float64Array;
  readonly biases: Float64Array;
}

function naiveLogit(layers: readonly Layer[], row: readonly number[]): number {
  let current = [...row];
  for (const [index, layer] of layers.entries())
    current = Array.from({ length: layer.outputs }, (_, output) => {
      let sum = layer.biases[output];
      for (let input = 0; input < layer.inputs; input++)
        sum += current[input] * layer.weights[input * layer.stride + output];
      return index < layers.length - 1 ? Math.max(sum, 0) : sum;
    });
  return current[0];
}

interface Batch {
  readonly rows: readonly (readonly number[])[];
  readonly labels: Uint8Array;
  readonly classWeights: readonly [number, number];
  readonly l2: number;
}

function naiveLoss(layers: readonly Layer[], { rows, labels, classWeights, l2 }: Batch): number {
  let loss = 0;
  for (const [index, row] of rows.entries()) {
    // −log p where p = 1 / (1 + e^−margin) is the probability of the row's own label.
    const margin = naiveLogit(layers, row) * (labels[index] === 1 ? 1 : -1);
    loss += classWeights[labels[index]] * (margin < -30 ? -margin : Math.log1p(Math.exp(-margin)));
  }
  for (const { weights } of layers) for (const weight of weights) loss += 0.5 * l2 * weight * weight;
  return loss / rows.length;
}

const cases: readonly {
  hidden: number[];
  inputs: number;
  rows: number;
  l2: number;
  classWeights: [number, number];
}[] = [
  { hidden: [], inputs: 3, rows: 5, l2: 0, classWeights: [1, 1] },
  { hidden: [], inputs: 9, rows: 1, l2: 2, classWeights: [0.5, 3] },
  { hidden: [5], inputs: 3, rows: 7, l2: 0, classWeights: [1, 1] },
  { hidden: [8], inputs: 8, rows: 8, l2: 0.5, classWeights: [1, 1] },
  { hidden: [7, 3], inputs: 10, rows: 6, l2: 0.1, classWeights: [0.7, 2] },
  { hidden: [16, 9, 4], inputs: 17, rows: 13, l2: 1, classWeights: [2, 0.5] },
];

describe('the gradient of a perceptron', () => {
  for (const { hidden, inputs, rows: count, l2, classWeights } of cases)
    it(`equals finite differences: ${[inputs, ...hidden, 1].join('-')}, ${count} rows, l2 ${l2}, weights ${classWeights.join(':')}`, () =>
      withKernelMemory(memory => {
        const random = createRandom(count);
        // A larger capacity than the batch: what an earlier, larger batch left behind must not count.
        const network = createNetwork(memory, inputs, hidden, count + 5);
        for (const { inputs: from, outputs, stride, weights, biases } of network.layers) {
          for (let input = 0; input < from; input++)
            for (let output = 0; output < outputs; output++)
              weights[input * stride + output] = random.normal();
          for (let output = 0; output < outputs; output++) biases[output] = random.normal();
        }
        const all = Array.from({ length: count + 5 }, () =>
          Array.from({ length: inputs }, () => (random.next() < 0.3 ? 0 : Math.fround(random.normal()))),
        );
        const labels = Uint8Array.from(all, () => random.below(2));
        const rows = memory.float32(all.length * network.inputStride);
        const batchOf = (length: number): Int32Array => {
          const batch = memory.int32(length);
          batch.forEach((_, row) => {
            batch[row] = row;
          });
          return batch;
        };
        for (const [row, values] of all.entries()) rows.set(values, row * network.inputStride);
        const examples = { rows, labels, classWeights };
        const derivatives = new Float64Array(all.length);
        batchGradient(network, examples, batchOf(all.length), l2, derivatives);
        const loss = batchGradient(network, examples, batchOf(count), l2, derivatives);

        const batch = { rows: all.slice(0, count), labels, classWeights, l2 };
        const twin = network.layers.map(
          ({ weights, biases, ...shape }): Layer => ({
            ...shape,
            weights: Float64Array.from(weights),
            biases: Float64Array.from(biases),
          }),
        );
        assertClose(loss, naiveLoss(twin, batch), 1e-5 * Math.max(1, loss), 'the loss');
        const step = 1e-5;
        for (const [index, layer] of twin.entries()) {
          const { weightGradient, biasGradient } = network.layers[index];
          const parts = [
            { name: 'weight', values: layer.weights, gradient: weightGradient },
            { name: 'bias', values: layer.biases, gradient: biasGradient },
          ];
          for (const { name, values, gradient } of parts)
            for (let at = 0; at < values.length; at++) {
              const kept = values[at];
              values[at] = kept + step;
              const above = naiveLoss(twin, batch);
              values[at] = kept - step;
              const below = naiveLoss(twin, batch);
              values[at] = kept;
              const slope = (above - below) / (2 * step);
              const isPadding =
                name === 'weight'
                  ? at % layer.stride >= layer.outputs || at >= layer.inputs * layer.stride
                  : at >= layer.outputs;
              // Float32 sums against float64 differences; what only fills a tile must stay exactly 0.
              assertClose(
                gradient[at],
                isPadding ? 0 : slope,
                isPadding ? 0 : 2e-4 * Math.max(1, Math.abs(slope)),
                `${name} ${at} of layer ${index}`,
              );
            }
        }
      }));
});
