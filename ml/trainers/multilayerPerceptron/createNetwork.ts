import type { KernelMemory } from '../../kernels/withKernelMemory.ts';
import { padded, paddedRows } from './tiles.ts';

// A perceptron under training, a batch at a time: activations forward, gradient backward. It knows no loss, no optimiser and
// no chance. Sizes are padded with zeros to whole tiles; a padded weight meets only zeros, so it stays zero.

interface DenseLayer {
  readonly inputs: number;
  readonly outputs: number;
  /** Columns of the padded weight matrix. */
  readonly stride: number;
  /** Row-major [padded inputs, stride]. */
  readonly weights: Float32Array;
  readonly biases: Float32Array;
  readonly weightGradient: Float32Array;
  readonly biasGradient: Float32Array;
}

export interface Network {
  /** The last has one output, at stride 1. */
  readonly layers: readonly DenseLayer[];
  /** All weights and biases, padding included, and their gradient in the same order. */
  readonly parameters: Float32Array;
  readonly gradient: Float32Array;
  /** Values a row of the features, zeros behind them included. */
  readonly inputStride: number;
  /**
   * The logits of some rows; valid until the next call.
   * @param rows in the network's memory, row-major, `inputStride` values a row
   * @param batch row indices in the network's memory, at most as many as the network holds
   */
  forward(rows: Float32Array, batch: Int32Array): Float64Array;
  /** The gradient of a loss whose derivative by each logit of the last forward is given. */
  backward(rows: number, derivatives: Float64Array): void;
  /** Adds decay × weights to the gradient; answers the sum of the squared weights. */
  addDecay(decay: number): number;
}

/** A hidden layer's work between forward and backward, each row-major with the layer's stride. */
interface HiddenLayer extends DenseLayer {
  readonly transposed: Float32Array;
  readonly activations: Float32Array;
  readonly deltas: Float32Array;
}

/** Dense layers with ReLU between them and one output, for batches of at most `batchRows` rows. */
export function createNetwork(
  memory: KernelMemory,
  inputs: number,
  hiddenLayers: readonly number[],
  batchRows: number,
): Network {
  const { kernels } = memory;
  const rowsHeld = paddedRows(batchRows);
  const sizes = [inputs, ...hiddenLayers, 1];
  const shapes = hiddenLayers.map((outputs, index) => ({
    inputs: sizes[index],
    outputs,
    stride: padded(outputs),
    weightCount: padded(sizes[index]) * padded(outputs),
  }));
  const lastInputs = sizes[hiddenLayers.length];
  const lastWidth = padded(lastInputs);
  shapes.push({ inputs: lastInputs, outputs: 1, stride: 1, weightCount: lastWidth });
  const [parameters, gradient] = stretches(memory, shapes);
  const layers: DenseLayer[] = [];
  let at = 0;
  for (const { weightCount, ...shape } of shapes) {
    const weightsEnd = at + weightCount;
    const end = weightsEnd + padded(shape.stride);
    layers.push({
      ...shape,
      weights: parameters.subarray(at, weightsEnd),
      biases: parameters.subarray(weightsEnd, weightsEnd + shape.stride),
      weightGradient: gradient.subarray(at, weightsEnd),
      biasGradient: gradient.subarray(weightsEnd, weightsEnd + shape.stride),
    });
    at = end;
  }
  const hidden = layers.slice(0, -1).map(
    (layer): HiddenLayer => ({
      ...layer,
      transposed: memory.float32(layer.weights.length),
      activations: memory.float32(rowsHeld * layer.stride),
      deltas: memory.float32(rowsHeld * layer.stride),
    }),
  );
  const output = layers[hiddenLayers.length];
  const inputStride = padded(inputs);
  const input = memory.float32(rowsHeld * inputStride);
  const logits = memory.float64(rowsHeld);
  const slopes = memory.float32(rowsHeld);
  const before = (index: number): Float32Array => (index === 0 ? input : hidden[index - 1].activations);
  const last = hidden.length;

  const forward = (source: Float32Array, batch: Int32Array): Float64Array => {
    const rows = batch.length;
    const tiled = paddedRows(rows);
    kernels.gatherRows(source.byteOffset, batch.byteOffset, rows, inputStride, input.byteOffset);
    input.fill(0, rows * inputStride, tiled * inputStride);
    for (let index = 0; index < last; index++) {
      const { activations, weights, biases, inputs: depth, stride } = hidden[index];
      const from = before(index);
      const fromBytes = 4 * padded(depth);
      kernels.fillRows(activations.byteOffset, biases.byteOffset, tiled, stride);
      kernels.multiply(
        from.byteOffset,
        fromBytes,
        4,
        weights.byteOffset,
        activations.byteOffset,
        tiled,
        stride,
        depth,
      );
      kernels.rectify(activations.byteOffset, tiled * stride);
    }
    kernels.outputLogits(
      before(last).byteOffset,
      output.weights.byteOffset,
      output.biases[0],
      rows,
      lastWidth,
      logits.byteOffset,
    );
    return logits;
  };

  const backward = (rows: number, derivatives: Float64Array): void => {
    const tiled = paddedRows(rows);
    gradient.fill(0);
    slopes.fill(0);
    for (let row = 0; row < rows; row++) {
      slopes[row] = derivatives[row];
      output.biasGradient[0] += derivatives[row];
    }
    kernels.addOutputGradient(
      before(last).byteOffset,
      slopes.byteOffset,
      rows,
      lastWidth,
      output.weightGradient.byteOffset,
    );
    for (let index = last - 1; index >= 0; index--) {
      const layer = hidden[index];
      const { activations, deltas, stride } = layer;
      if (index === last - 1)
        // Rows that only fill the last tile have a slope of 0.
        kernels.outputDeltas(
          activations.byteOffset,
          output.weights.byteOffset,
          slopes.byteOffset,
          tiled,
          stride,
          deltas.byteOffset,
        );
      const fromStride = padded(layer.inputs);
      kernels.multiply(
        before(index).byteOffset,
        4,
        4 * fromStride,
        deltas.byteOffset,
        layer.weightGradient.byteOffset,
        fromStride,
        stride,
        tiled,
      );
      kernels.addColumnSums(deltas.byteOffset, tiled, stride, layer.biasGradient.byteOffset);
      if (index > 0) passBack(layer, hidden[index - 1], tiled);
    }
  };

  /** The deltas of a layer from those of the next. */
  const passBack = (layer: HiddenLayer, previous: HiddenLayer, tiled: number): void => {
    const { weights, transposed, deltas, stride } = layer;
    const length = tiled * previous.stride;
    kernels.transpose(weights.byteOffset, previous.stride, stride, transposed.byteOffset);
    previous.deltas.fill(0, 0, length);
    kernels.multiply(
      deltas.byteOffset,
      4 * stride,
      4,
      transposed.byteOffset,
      previous.deltas.byteOffset,
      tiled,
      previous.stride,
      stride,
    );
    kernels.maskInactive(previous.deltas.byteOffset, previous.activations.byteOffset, length);
  };

  const addDecay = (decay: number): number =>
    layers.reduce(
      (squares, { weights, weightGradient }) =>
        squares + kernels.addDecay(weights.byteOffset, weightGradient.byteOffset, decay, weights.length),
      0,
    );

  return { layers, parameters, gradient, inputStride, forward, backward, addDecay };
}

/** Room for every layer's weights and biases, and for their gradient. */
function stretches(
  memory: KernelMemory,
  shapes: readonly { readonly weightCount: number; readonly stride: number }[],
): readonly [Float32Array, Float32Array] {
  const length = shapes.reduce((sum, { weightCount, stride }) => sum + weightCount + padded(stride), 0);
  return [memory.float32(length), memory.float32(length)];
}
