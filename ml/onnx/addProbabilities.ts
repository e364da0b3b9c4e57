import type { Calibration, Pipeline } from '../trainers/Pipeline.ts';
import { addCalibratedShares, CLIP } from './addCalibratedShares.ts';
import type { FeatureColumns } from './addFeatures.ts';
import { addLogits } from './addLogits.ts';
import { addTrees } from './addTrees.ts';
import type { Graph } from './createGraph.ts';

const OUTPUT = { output: 'probabilities' };
const LOGIT_CLIP = Math.log((1 - CLIP) / CLIP);

/**
 * Adds the kernel and its calibration, and so the graph's output `probabilities`: float32 [N, 2], negative and positive.
 * Where the kernel yields logits, clipping p becomes clipping z, and the way through sigmoid and back is left out.
 */
export function addProbabilities(
  graph: Graph,
  { model, calibration }: Pipeline,
  features: FeatureColumns,
): void {
  if (model.kind === 'trees' && model.aggregate === 'probability') {
    if (calibration === null) addShares(graph, addTrees(graph, model, features), OUTPUT);
    else if (keepsDigits(calibration))
      addCalibratedShares(graph, addShares(graph, addTrees(graph, model, features)), calibration);
    else addCalibratedShares(graph, addTrees(graph, model, features, { complement: true }), calibration);
    return;
  }
  const logits = addLogits(graph, model, features, calibration?.slope ?? 1);
  if (calibration === null) {
    graph.add('Sigmoid', [logits], OUTPUT);
    return;
  }
  const limit = LOGIT_CLIP * Math.abs(calibration.slope);
  const clipped = graph.add('Clip', [logits, graph.floats([-limit], []), graph.floats([limit], [])]);
  const shifted = graph.add('Add', [
    clipped,
    graph.floats([-calibration.intercept, calibration.intercept], [2]),
  ]);
  graph.add('Sigmoid', [shifted], OUTPUT);
}

/** p → [1 − p, p]. */
const addShares = (graph: Graph, share: string, options = {}): string =>
  graph.add('Gemm', [share, graph.floats([-1, 1], [1, 2]), graph.floats([1, 0], [2])], options);

/**
 * Whether 1 − p may be had by subtraction. The float32 mean of some hundred leaves is off by about 3e-7, which a calibration
 * multiplies by slope × (1 − p)^(slope − 1) × e^|intercept| where p is near 1: little from slope 1 on, without limit below.
 * Summing the complement of each leaf instead costs half of the trees' time again.
 */
const keepsDigits = ({ slope, intercept }: Calibration): boolean => slope >= 1 && Math.abs(intercept) <= 2;
