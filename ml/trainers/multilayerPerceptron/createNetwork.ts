import { addColumnSums, fillRows, maskInactive, outputDeltas, rectify, transpose } from './activations.ts';
import { type Place, padded, paddedRows, WorkspacePlan } from './createWorkspace.ts';

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
  /** Where a batch's features go: row-major, `inputStride` a row. */
  readonly input: Float32Array;
  readonly inputStride: number;
  /** The logits of the first `rows` rows of the input; valid until the next call. */
  forward(rows: number): Float64Array;
  /** The gradient of a loss whose derivative by each logit of the last forward is given. */
  backward(rows: number, derivatives: Float64Array): void;
}

interface HiddenLayer {
  readonly weights: Place;
  readonly biases: Place;
  readonly weightGradient: Place;
  readonly biasGradient: Place;
  readonly transposed: Place;
  readonly activations: Place;
  readonly deltas: Place;
}

interface ParameterPlaces {
  readonly hidden: readonly { readonly weights: Place; readonly biases: Place }[];
  readonly outputWeights: Place;
  readonly outputBias: Place;
}

const firstPlace = ({ hidden, outputWeights }: ParameterPlaces): Place => hidden[0]?.weights ?? outputWeights;

/** Dense layers with ReLU between them and one output, for batches of at most `batchRows` rows. */
export function createNetwork(inputs: number, hiddenLayers: readonly number[], batchRows: number): Network {
  const sizes = [inputs, ...hiddenLayers];
  const widths = sizes.map(padded);
  const last = hiddenLayers.length;
  const rowsHeld = paddedRows(batchRows);
  const plan = new WorkspacePlan();
  // Parameters first and their gradients behind them in the same order, so that each is one stretch.
  const planParameters = (): ParameterPlaces => ({
    hidden: hiddenLayers.map((_, index) => ({
      weights: plan.matrix(widths[index], widths[index + 1]),
      biases: plan.matrix(1, widths[index + 1]),
    })),
    outputWeights: plan.matrix(1, widths[last]),
    outputBias: plan.matrix(1, 4),
  });
  const own = planParameters();
  const slopes = planParameters();
  const inputPlace = plan.matrix(rowsHeld, widths[0]);
  const hidden = own.hidden.map(
    (place, index): HiddenLayer => ({
      ...place,
      weightGradient: slopes.hidden[index].weights,
      biasGradient: slopes.hidden[index].biases,
      transposed: plan.matrix(widths[index + 1], widths[index]),
      activations: plan.matrix(rowsHeld, widths[index + 1]),
      deltas: plan.matrix(rowsHeld, widths[index + 1]),
    }),
  );
  const workspace = plan.create();
  const view = (place: Place): Float32Array => workspace.view(place);
  // From one place up to another.
  const stretch = (from: Place, to: Place): Float32Array =>
    view({ at: from.at, rows: 1, columns: to.at - from.at });
  const parameters = stretch(firstPlace(own), firstPlace(slopes));
  const gradient = stretch(firstPlace(slopes), inputPlace);
  const output = {
    weights: view(own.outputWeights),
    bias: view(own.outputBias),
    weightGradient: view(slopes.outputWeights),
    biasGradient: view(slopes.outputBias),
  };
  const lastPlace = hidden[last - 1]?.activations ?? inputPlace;
  const lastActivations = view(lastPlace);
  const lastWidth = lastPlace.columns;
  const logits = new Float64Array(rowsHeld);
  const input = view(inputPlace);

  const forward = (rows: number): Float64Array => {
    const tiled = paddedRows(rows);
    input.fill(0, rows * widths[0], tiled * widths[0]);
    let before = inputPlace;
    for (const layer of hidden) {
      fillRows(view(layer.activations), view(layer.biases), tiled);
      workspace.addProduct(before, layer.weights, layer.activations, tiled);
      rectify(view(layer.activations), tiled * layer.activations.columns);
      before = layer.activations;
    }
    for (let row = 0; row < rows; row++) {
      let sum = output.bias[0];
      const from = row * lastWidth;
      for (let unit = 0; unit < lastWidth; unit++) sum += lastActivations[from + unit] * output.weights[unit];
      logits[row] = sum;
    }
    return logits;
  };

  const backward = (rows: number, derivatives: Float64Array): void => {
    const tiled = paddedRows(rows);
    gradient.fill(0);
    for (let row = 0; row < rows; row++) {
      const derivative = derivatives[row];
      const from = row * lastWidth;
      output.biasGradient[0] += derivative;
      for (let unit = 0; unit < lastWidth; unit++)
        output.weightGradient[unit] += derivative * lastActivations[from + unit];
    }
    if (last === 0) return;
    outputDeltas(view(hidden[last - 1].deltas), lastActivations, output.weights, derivatives, rows, tiled);
    for (let index = last - 1; index >= 0; index--) {
      const layer = hidden[index];
      const before = index === 0 ? inputPlace : hidden[index - 1].activations;
      workspace.addTransposedProduct(before, layer.deltas, layer.weightGradient, tiled);
      addColumnSums(view(layer.biasGradient), view(layer.deltas), tiled);
      if (index === 0) continue;
      const { deltas, activations } = hidden[index - 1];
      transpose(view(layer.weights), view(layer.transposed), layer.weights);
      view(deltas).fill(0, 0, tiled * deltas.columns);
      workspace.addProduct(layer.deltas, layer.transposed, deltas, tiled);
      maskInactive(view(deltas), view(activations), tiled * deltas.columns);
    }
  };

  const layers: DenseLayer[] = hidden.map((layer, index) => ({
    inputs: sizes[index],
    outputs: sizes[index + 1],
    stride: widths[index + 1],
    weights: view(layer.weights),
    biases: view(layer.biases),
    weightGradient: view(layer.weightGradient),
    biasGradient: view(layer.biasGradient),
  }));
  layers.push({
    inputs: sizes[last],
    outputs: 1,
    stride: 1,
    weights: output.weights,
    biases: output.bias,
    weightGradient: output.weightGradient,
    biasGradient: output.biasGradient,
  });
  return { layers, parameters, gradient, input, inputStride: widths[0], forward, backward };
}
