import { create, toBinary } from '@bufbuild/protobuf';
import { ModelProtoSchema } from 'onnx-buf';
import type { Pipeline } from '../trainers/Pipeline.ts';
import { addFeatures } from './addFeatures.ts';
import { addProbabilities } from './addProbabilities.ts';
import { assertExportable } from './assertExportable.ts';
import { createGraph } from './createGraph.ts';
import type { ModelMetadata } from './ModelMetadata.ts';
import { METADATA_KEY } from './modelMetadataSchema.ts';

// A fitted pipeline as one ONNX file: raw columns in, label and probabilities out, so that training and serving cannot
// disagree and any ONNX runtime serves it. Equal pipelines and metadata give equal bytes: no times, no versions of ours.

/** IR 8 and operator set 17 are what every onnxruntime since 1.12 loads; nothing newer is needed. */
const IR_VERSION = 8n;
const OPERATOR_SETS = [
  { domain: '', version: 17n },
  { domain: 'ai.onnx.ml', version: 3n },
];

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
  const positive = graph.add('Gather', ['probabilities', graph.ints([1], [])], {
    attributes: { axis: { int: 1 } },
  });
  const reached = graph.add('GreaterOrEqual', [positive, graph.floats([pipeline.threshold], [])]);
  graph.add(
    'Where',
    [reached, graph.texts([pipeline.positiveLabel], []), graph.texts([pipeline.negativeLabel], [])],
    {
      output: 'label',
    },
  );
  const model = create(ModelProtoSchema, {
    irVersion: IR_VERSION,
    opsetImport: OPERATOR_SETS,
    producerName: 'holdfast',
    graph: graph.finish(),
    metadataProps: [{ key: METADATA_KEY, value: sortedJson(metadata) }],
  });
  return toBinary(ModelProtoSchema, model);
}

/** JSON with every object's keys in code-unit order, so that the bytes do not depend on how the metadata was put together. */
function sortedJson(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) =>
    inner !== null && typeof inner === 'object' && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
}
