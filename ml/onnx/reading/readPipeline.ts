import type { FittedModel } from '../../trainers/FittedModel.ts';
import type { Calibration, Pipeline } from '../../trainers/Pipeline.ts';
import { CLIP } from '../addCalibratedShares.ts';
import type { ModelMetadata } from '../ModelMetadata.ts';
import { NotOurForm, OwnGraph } from './OwnGraph.ts';
import { readFeatures } from './readFeatures.ts';
import { readTrees } from './readTrees.ts';

// The inverse of exportPipeline for linear models and trees, in float32 as the file holds them. No pipeline is kept anywhere
// but in its file, and whoever wants to look inside a model that serves reads it from there. Only the form that we write is
// understood; the caller holds what was read against the file's answers before relying on it.

interface Kernel {
  readonly model: FittedModel;
  /** Name of the tensor of features. */
  readonly features: string;
  readonly calibration: Calibration | null;
}

/** @returns null where the file is of another form: a perceptron, a blend, or somebody else's */
export function readPipeline(bytes: Uint8Array, metadata: ModelMetadata): Pipeline | null {
  try {
    const graph = new OwnGraph(bytes);
    const { model, features, calibration } = readKernel(graph);
    const encoder = readFeatures(graph, features, metadata.inputs);
    if (model.kind === 'linear' && model.coefficients.length !== encoder.features.length)
      throw new NotOurForm('the coefficients are not as many as the features');
    const { threshold, label } = metadata;
    return {
      encoder,
      model,
      calibration,
      threshold,
      positiveLabel: label.positive,
      negativeLabel: label.negative,
    };
  } catch (error) {
    if (error instanceof NotOurForm) return null;
    throw error;
  }
}

function readKernel(graph: OwnGraph): Kernel {
  const last = graph.node('probabilities', 'Sigmoid', 'Gemm');
  // A forest's shares without calibration: p → [1 − p, p].
  if (last.opType === 'Gemm') return { ...readTrees(graph, last.inputs[0]), calibration: null };
  const [logits] = last.inputs;
  if (graph.operator(logits) === 'Add') return readCalibratedLogits(graph, logits);
  if (graph.operator(logits) === 'Gemm') {
    const { inputs } = graph.node(logits, 'Gemm');
    if (graph.operator(inputs[0]) === 'Log') return readCalibratedShares(graph, inputs);
  }
  return { ...readLogits(graph, logits, null), calibration: null };
}

/** Clip, then Add: see addProbabilities. The slope's sign is in the logits' own factor. */
function readCalibratedLogits(graph: OwnGraph, name: string): Kernel {
  const { inputs } = graph.node(name, 'Add');
  const clip = graph.node(inputs[0], 'Clip');
  const slope = graph.floats(clip.inputs[2])[0] / Math.log((1 - CLIP) / CLIP);
  if (!(slope > 0)) throw new NotOurForm('the calibration has no slope');
  const [, intercept] = graph.floats(inputs[1]);
  return { ...readLogits(graph, clip.inputs[0], slope), calibration: { slope, intercept } };
}

/** See addCalibratedShares. */
function readCalibratedShares(graph: OwnGraph, [logarithms, weights, biases]: readonly string[]): Kernel {
  const clip = graph.node(graph.node(logarithms, 'Log').inputs[0], 'Clip');
  const calibration = { slope: graph.floats(weights)[0], intercept: graph.floats(biases)[1] };
  const [shares] = clip.inputs;
  const trees = graph.operator(shares) === 'Gemm' ? graph.node(shares, 'Gemm').inputs[0] : shares;
  return { ...readTrees(graph, trees), calibration };
}

/** The kernel of a logit z that the file holds as [−z, z] × the slope. */
function readLogits(graph: OwnGraph, name: string, slope: number | null): Pick<Kernel, 'model' | 'features'> {
  const { opType, inputs } = graph.node(name, 'Mul', 'Gemm');
  if (opType === 'Mul') {
    const factor = graph.floats(inputs[1])[1] / (slope ?? 1);
    const { model, features } = readTrees(graph, inputs[0]);
    const scaled = { ...model, base: model.base * factor, value: model.value.map(leaf => leaf * factor) };
    return { model: scaled, features };
  }
  if (graph.operator(inputs[0]) === 'Relu') throw new NotOurForm('a perceptron');
  const positive = (list: readonly number[]): Float64Array =>
    Float64Array.from({ length: list.length / 2 }, (_, row) => list[2 * row + 1] / (slope ?? 1));
  const [intercept] = positive(graph.floats(inputs[2]));
  const coefficients = positive(graph.floats(inputs[1]));
  return { model: { kind: 'linear', intercept, coefficients }, features: inputs[0] };
}
