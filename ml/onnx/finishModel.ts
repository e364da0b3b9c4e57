import { create, toBinary } from '@bufbuild/protobuf';
import { ModelProtoSchema } from 'onnx-buf';
import type { Pipeline } from '../trainers/Pipeline.ts';
import type { Graph } from './createGraph.ts';
import type { ModelMetadata } from './ModelMetadata.ts';
import { METADATA_KEY } from './modelMetadataSchema.ts';
import { IR_VERSION, operatorSets } from './operatorSets.ts';

/** Adds the output `label` to a graph that has `probabilities`, and writes graph and metadata as an ONNX file. */
export function finishModel(
  graph: Graph,
  answer: Pick<Pipeline, 'threshold' | 'positiveLabel' | 'negativeLabel'>,
  metadata: ModelMetadata,
): Uint8Array {
  const positive = graph.add('Gather', ['probabilities', graph.ints([1], [])], {
    attributes: { axis: { int: 1 } },
  });
  const reached = graph.add('GreaterOrEqual', [positive, graph.floats([answer.threshold], [])]);
  graph.add(
    'Where',
    [reached, graph.texts([answer.positiveLabel], []), graph.texts([answer.negativeLabel], [])],
    {
      output: 'label',
    },
  );
  const model = create(ModelProtoSchema, {
    irVersion: IR_VERSION,
    opsetImport: [...operatorSets].map(([domain, version]) => ({ domain, version: BigInt(version) })),
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
