import type { Pipeline } from '../trainers/Pipeline.ts';
import { addFeatures } from './addFeatures.ts';
import { addProbabilities } from './addProbabilities.ts';
import { assertExportable } from './assertExportable.ts';
import { createGraph } from './createGraph.ts';
import { finishModel } from './finishModel.ts';
import type { ModelMetadata } from './ModelMetadata.ts';

// A fitted pipeline as one ONNX file: raw columns in, label and probabilities out, so that training and serving cannot
// disagree and any ONNX runtime serves it. Equal pipelines and metadata give equal bytes: no times, no versions of ours.

/**
 * Writes a pipeline as an ONNX model.
 *
 * Inputs: one a raw column, in the order of `metadata.inputs`, each [N, 1]: float32 (NaN = missing) or string ("" = missing).
 * Outputs: `label`, string [N], the positive label where p ≥ threshold, both in float32; `probabilities`, float32 [N, 2] =
 * [negative, positive]. The metadata_props entry `holdfast` is the metadata as JSON.
 * @throws Error where pipeline and metadata disagree, a size does not fit, or a weight is not finite.
 */
export function exportPipeline(pipeline: Pipeline, metadata: ModelMetadata): Uint8Array {
  assertExportable(pipeline, metadata);
  const graph = createGraph(metadata.model, metadata.inputs);
  addProbabilities(graph, pipeline, addFeatures(graph, pipeline.encoder));
  return finishModel(graph, pipeline, metadata);
}
