import type { SparseRows } from './sparseRows.ts';

// The arithmetic of a perceptron, one row at a time, over one flat list of parameters: layer by layer, weights row-major
// [inputs, outputs], then biases. It knows no training: neither loss nor optimiser nor chance.

export interface LayerShape {
  readonly inputs: number;
  readonly outputs: number;
  /** Where the layer's weights and biases begin in the parameters. */
  readonly weights: number;
  readonly biases: number;
}

export interface Network {
  readonly layers: readonly LayerShape[];
  readonly parameterCount: number;
  /** The logit of one row; keeps the activations for `backward`. */
  forward(parameters: Float64Array, rows: SparseRows, row: number): number;
  /** Adds to `gradient` that of a loss whose derivative by the last forward's logit is `derivative`. */
  backward(
    parameters: Float64Array,
    rows: SparseRows,
    row: number,
    derivative: number,
    gradient: Float64Array,
  ): void;
}

/** Dense layers with ReLU between them and one output, from `inputs` features through `hiddenLayers`. */
export function createNetwork(inputs: number, hiddenLayers: readonly number[]): Network {
  const sizes = [inputs, ...hiddenLayers, 1];
  const layers: LayerShape[] = [];
  let parameterCount = 0;
  for (const [index, outputs] of sizes.slice(1).entries()) {
    const weights = parameterCount;
    const biases = weights + sizes[index] * outputs;
    layers.push({ inputs: sizes[index], outputs, weights, biases });
    parameterCount = biases + outputs;
  }
  const activations = layers.map(({ outputs }) => new Float64Array(outputs));
  const deltas = layers.map(({ outputs }) => new Float64Array(outputs));
  const last = layers.length - 1;

  const forward = (parameters: Float64Array, rows: SparseRows, row: number): number => {
    const first = layers[0];
    const firstOut = activations[0];
    for (let output = 0; output < first.outputs; output++)
      firstOut[output] = parameters[first.biases + output];
    const end = rows.starts[row + 1];
    for (let entry = rows.starts[row]; entry < end; entry++)
      addScaled(
        firstOut,
        0,
        rows.values[entry],
        parameters,
        first.weights + rows.columns[entry] * first.outputs,
        first.outputs,
      );
    for (let index = 1; index <= last; index++) {
      const layer = layers[index];
      const input = activations[index - 1];
      const out = activations[index];
      rectify(input);
      for (let output = 0; output < layer.outputs; output++) out[output] = parameters[layer.biases + output];
      for (let from = 0; from < layer.inputs; from++)
        if (input[from] !== 0)
          addScaled(out, 0, input[from], parameters, layer.weights + from * layer.outputs, layer.outputs);
    }
    return activations[last][0];
  };

  const backward = (
    parameters: Float64Array,
    rows: SparseRows,
    row: number,
    derivative: number,
    gradient: Float64Array,
  ): void => {
    deltas[last][0] = derivative;
    for (let index = last; index > 0; index--) {
      const layer = layers[index];
      const input = activations[index - 1];
      const delta = deltas[index];
      const before = deltas[index - 1];
      addScaled(gradient, layer.biases, 1, delta, 0, layer.outputs);
      for (let from = 0; from < layer.inputs; from++) {
        // Where ReLU answered 0 neither the weight nor what lies before it has a part in the loss.
        if (input[from] === 0) {
          before[from] = 0;
          continue;
        }
        const at = layer.weights + from * layer.outputs;
        addScaled(gradient, at, input[from], delta, 0, layer.outputs);
        let sum = 0;
        for (let output = 0; output < layer.outputs; output++) sum += parameters[at + output] * delta[output];
        before[from] = sum;
      }
    }
    const first = layers[0];
    addScaled(gradient, first.biases, 1, deltas[0], 0, first.outputs);
    const end = rows.starts[row + 1];
    for (let entry = rows.starts[row]; entry < end; entry++)
      addScaled(
        gradient,
        first.weights + rows.columns[entry] * first.outputs,
        rows.values[entry],
        deltas[0],
        0,
        first.outputs,
      );
  };

  return { layers, parameterCount, forward, backward };
}

/** target[at + i] += factor × source[from + i] for i below length. */
function addScaled(
  target: Float64Array,
  at: number,
  factor: number,
  source: Float64Array,
  from: number,
  length: number,
): void {
  for (let index = 0; index < length; index++) target[at + index] += factor * source[from + index];
}

function rectify(values: Float64Array): void {
  for (let index = 0; index < values.length; index++) if (values[index] < 0) values[index] = 0;
}
