import { fromBinary } from '@bufbuild/protobuf';
import { ModelProtoSchema } from 'onnx-buf';
import type { Calibration, Pipeline } from '../trainers/Pipeline.ts';
import { addCalibratedShares } from './addCalibratedShares.ts';
import { createGraph } from './createGraph.ts';
import { finishModel } from './finishModel.ts';
import type { ModelMetadata } from './ModelMetadata.ts';
import { readMetadata } from './readMetadata.ts';

export interface ExportedBlend extends Pick<Pipeline, 'threshold' | 'positiveLabel' | 'negativeLabel'> {
  /** Model files that exportPipeline wrote, all for the same inputs, each with its share of the mixture. */
  readonly members: readonly { readonly onnx: Uint8Array; readonly weight: number }[];
  readonly calibration: Calibration | null;
}

/**
 * Writes a mixture of model files as one: p = Σ weight × the member's p, then calibration, then the label. What members have
 * in common, such as their preprocessing, is there once. Inputs and outputs are those of exportPipeline.
 * @throws Error where the weights are no mixture, or a member's inputs or metadata disagree with the blend's
 */
export function exportBlend(blend: ExportedBlend, metadata: ModelMetadata): Uint8Array {
  const { members, calibration } = blend;
  const total = members.reduce((sum, { weight }) => sum + weight, 0);
  if (!(Math.abs(total - 1) < 1e-9) || members.some(({ weight }) => !(weight > 0)))
    throw new Error(
      `The blend's weights are ${members.map(({ weight }) => weight).join(', ')}; expected positive ones of sum 1.`,
    );
  const graph = createGraph(metadata.model, metadata.inputs);
  const shares = members.map(({ onnx }) => {
    const { trainer, inputs } = readMetadata(onnx);
    if (JSON.stringify(inputs) !== JSON.stringify(metadata.inputs))
      throw new Error(`The inputs of the member ${trainer} are not those of the blend; they must be equal.`);
    const { graph: member } = fromBinary(ModelProtoSchema, onnx);
    if (member === undefined) throw new Error(`The member ${trainer} has no graph.`);
    return graph.adopt(member, 'probabilities');
  });
  const both = graph.add('Concat', shares, { attributes: { axis: { int: 1 } } });
  const weights = graph.floats(
    members.flatMap(({ weight }) => [weight, 0, 0, weight]),
    [2 * members.length, 2],
  );
  if (calibration === null) graph.add('MatMul', [both, weights], { output: 'probabilities' });
  else addCalibratedShares(graph, graph.add('MatMul', [both, weights]), calibration);
  return finishModel(graph, blend, metadata);
}
