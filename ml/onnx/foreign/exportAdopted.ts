import { TensorProto_DataType as DataType } from 'onnx-buf';
import type { Pipeline } from '../../trainers/Pipeline.ts';
import { addCalibratedShares } from '../addCalibratedShares.ts';
import { createGraph, type Graph } from '../createGraph.ts';
import { finishModel } from '../finishModel.ts';
import type { ModelMetadata } from '../ModelMetadata.ts';
import type { ChosenOutputs } from './chooseOutputs.ts';
import type { ElementType, ForeignModel } from './ForeignModel.ts';
import type { InputPlan } from './planInputs.ts';
import { UnfitModel } from './UnfitModel.ts';

export interface AdoptedModel
  extends Pick<Pipeline, 'calibration' | 'threshold' | 'positiveLabel' | 'negativeLabel'> {
  readonly foreign: ForeignModel;
  readonly plan: InputPlan;
  readonly outputs: ChosenOutputs;
  /** What the file answers a row: both probabilities, or the positive outcome's alone. */
  readonly width: 1 | 2;
  /** Whether the first of both is the positive outcome's. */
  readonly reversed: boolean;
}

const dataTypes: Readonly<Record<ElementType, DataType>> = {
  float32: DataType.FLOAT,
  float64: DataType.DOUBLE,
  int64: DataType.INT64,
  int32: DataType.INT32,
  bool: DataType.BOOL,
  string: DataType.STRING,
};

/**
 * Writes a foreign model in our own form: its graph, with what its inputs need before and what our outputs need behind. What
 * the probabilities are not made of (its labels, maps of them) is left out. Inputs and outputs are those of exportPipeline.
 * @throws UnfitModel where an operator cannot be restated in our operator sets, or the graph is not whole
 */
export function exportAdopted(adopted: AdoptedModel, metadata: ModelMetadata): Uint8Array {
  const graph = createGraph(metadata.model, metadata.inputs);
  const shares = addShares(graph, adopted, adoptProbabilities(graph, adopted));
  if (adopted.calibration === null) graph.add('Identity', [shares], { output: 'probabilities' });
  else addCalibratedShares(graph, shares, adopted.calibration);
  return finishModel(graph, adopted, metadata);
}

function adoptProbabilities(graph: Graph, { foreign, plan, outputs }: AdoptedModel): string {
  const inputs = new Map(plan.fed.map(fed => [fed.input.name, addInput(graph, fed)]));
  const { operatorSets, functions } = foreign;
  try {
    return graph.adopt(foreign.graph, outputs.probabilities.name, { inputs, operatorSets, functions });
  } catch (cause) {
    if (!(cause instanceof RangeError)) throw cause;
    throw new UnfitModel(
      'The graph is a longer chain of nodes than can be taken over. Export a smaller model, or simplify it (onnxsim).',
      { cause },
    );
  }
}

/** A foreign input out of our columns, each [N, 1]: float32 or string. */
function addInput(graph: Graph, { input, columns }: InputPlan['fed'][number]): string {
  const matrix =
    columns.length === 1 ? columns[0] : graph.add('Concat', columns, { attributes: { axis: { int: 1 } } });
  const own = input.type === 'float32' || input.type === 'string';
  const cast = own ? matrix : addCast(graph, matrix, input.type);
  return input.shape?.length === 1 ? graph.add('Reshape', [cast, graph.ints([-1], [1])]) : cast;
}

const addCast = (graph: Graph, value: string, type: ElementType): string =>
  graph.add('Cast', [value], { attributes: { to: { int: dataTypes[type] } } });

/** What the file answers as [N, 2]: the negative and the positive outcome's probability. */
function addShares(graph: Graph, { outputs, width, reversed }: AdoptedModel, answered: string): string {
  const { type, shape } = outputs.probabilities;
  const floats = type === 'float32' ? answered : addCast(graph, answered, 'float32');
  const flat = shape?.length === 2 ? floats : graph.add('Reshape', [floats, graph.ints([-1, width], [2])]);
  if (width === 1) return graph.add('Gemm', [flat, graph.floats([-1, 1], [1, 2]), graph.floats([1, 0], [2])]);
  if (!reversed) return flat;
  return graph.add('Gather', [flat, graph.ints([1, 0], [2])], { attributes: { axis: { int: 1 } } });
}
