import type { Calibration } from '../trainers/Pipeline.ts';
import type { Graph } from './createGraph.ts';

/** Calibration clips p to [CLIP, 1 − CLIP]; see Pipeline.ts. */
export const CLIP = 1e-7;

/**
 * Adds calibration to probabilities, and so the graph's output `probabilities`: [1 − p, p] → logit(p) = log(p) − log(1 − p). Only the lower clip shows: the logarithm of the upper one is 0 within
 * 1e-7.
 */
export function addCalibratedShares(graph: Graph, shares: string, { slope, intercept }: Calibration): void {
  const clipped = graph.add('Clip', [shares, graph.floats([CLIP], [])]);
  const logarithms = graph.add('Log', [clipped]);
  const logits = graph.add('Gemm', [
    logarithms,
    graph.floats([slope, -slope, -slope, slope], [2, 2]),
    graph.floats([-intercept, intercept], [2]),
  ]);
  graph.add('Sigmoid', [logits], { output: 'probabilities' });
}
