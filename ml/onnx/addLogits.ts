import type { LinearModel, PerceptronModel, TreesModel } from '../trainers/FittedModel.ts';
import type { FeatureColumns } from './addFeatures.ts';
import { addTrees } from './addTrees.ts';
import type { Graph } from './createGraph.ts';

/**
 * Adds a kernel that ends in a logit z, and returns the name of [N, 2] = factor × [−z, z]. Both signs are wanted because
 * sigmoid(−z) keeps the digits of 1 − p that a subtraction in float32 would lose; they cost no node where the last layer can
 * hold them.
 * @param factor the calibration's slope, or 1
 */
export function addLogits(
  graph: Graph,
  model: LinearModel | PerceptronModel | TreesModel,
  features: FeatureColumns,
  factor: number,
): string {
  if (model.kind === 'perceptron') return addPerceptron(graph, model, features, factor);
  if (model.kind === 'trees')
    return graph.add('Mul', [addTrees(graph, model, features), graph.floats([-factor, factor], [2])]);
  return addDense(graph, features.name, {
    weights: bothSigns(rowsInGraphOrder(model.coefficients, 1, features.columns), factor),
    biases: bothSigns([model.intercept], factor),
  });
}

function addPerceptron(
  graph: Graph,
  model: PerceptronModel,
  features: FeatureColumns,
  factor: number,
): string {
  let current = features.name;
  for (const [index, { outputs, weights, biases }] of model.layers.entries()) {
    const ordered = index === 0 ? rowsInGraphOrder(weights, outputs, features.columns) : weights;
    if (index === model.layers.length - 1)
      return addDense(graph, current, {
        weights: bothSigns(ordered, factor),
        biases: bothSigns(biases, factor),
      });
    current = graph.add('Relu', [addDense(graph, current, { weights: ordered, biases })]);
  }
  throw new Error('A perceptron needs at least one layer, got none.');
}

/** x · weights + biases, the weights row-major [inputs, outputs]. */
function addDense(
  graph: Graph,
  input: string,
  { weights, biases }: { weights: ArrayLike<number>; biases: ArrayLike<number> },
): string {
  const shape = [weights.length / biases.length, biases.length];
  return graph.add('Gemm', [input, graph.floats(weights, shape), graph.floats(biases, [biases.length])]);
}

/** Rows of a row-major matrix, one a feature, in the order of the graph's columns; a column without a feature weighs 0. */
function rowsInGraphOrder(rows: ArrayLike<number>, width: number, columns: readonly number[]): number[] {
  return columns.flatMap(feature =>
    Array.from({ length: width }, (_, output) => (feature < 0 ? 0 : rows[feature * width + output])),
  );
}

/** A column [w] as two columns [−factor × w, factor × w]. */
const bothSigns = (column: ArrayLike<number>, factor: number): number[] =>
  Array.from(column).flatMap(value => [-factor * value, factor * value]);
