import { create } from '@bufbuild/protobuf';
import {
  type AttributeProto,
  type NodeProto,
  TensorProto_DataType as DataType,
  type TensorProto,
  TensorProtoSchema,
} from 'onnx-buf';
import { operatorSets } from '../operatorSets.ts';
import { operatorSchemas } from './operatorSchemas.ts';
import { EXPORT_AGAIN, UnfitModel } from './UnfitModel.ts';

// A node of another operator set as a node of ours, with the same meaning. ONNX's own schemas say which changes between two
// sets leave a node as it is; of the others, those are known here that turned an attribute into an input, which is what old
// exports stumble over. Anything else is refused rather than guessed.

/** Operator → attributes that a later set takes as inputs, in the inputs' order; a shared tensor's type is said by `float`. */
const movedToInputs: Readonly<
  Record<string, readonly { readonly attribute: string; readonly float: boolean }[]>
> = {
  Squeeze: [{ attribute: 'axes', float: false }],
  Unsqueeze: [{ attribute: 'axes', float: false }],
  ReduceSum: [{ attribute: 'axes', float: false }],
  Split: [{ attribute: 'split', float: false }],
  Clip: [
    { attribute: 'min', float: true },
    { attribute: 'max', float: true },
  ],
};

/**
 * @param sets domain → operator set that the node was written for
 * @param constant adds a constant to the graph, and gives its name
 * @returns the node under our operator sets
 * @throws UnfitModel where the domain, the operator or its form is not one of ours
 */
export function restateNode(
  node: NodeProto,
  sets: ReadonlyMap<string, number>,
  constant: (tensor: TensorProto) => string,
): NodeProto {
  const domain = node.domain === 'ai.onnx' ? '' : node.domain;
  const target = operatorSets.get(domain);
  const shown = `the operator ${domain === '' ? '' : `${domain}.`}${node.opType}`;
  if (target === undefined)
    throw new UnfitModel(
      `The file uses ${shown} of the domain ${JSON.stringify(domain)}; expected ai.onnx and ai.onnx.ml only, which every ONNX runtime has. Export the model without a runtime's own operators, and before a runtime optimises it.`,
    );
  const source = sets.get(domain);
  if (source === undefined)
    throw new UnfitModel(
      `The file uses ${shown}, but imports no operator set of its domain; expected one in opset_import. Make the file anew.`,
    );
  const schema = operatorSchemas[domain === '' ? node.opType : `${domain}.${node.opType}`];
  if (schema === undefined) throw unknown(shown, `${domain || 'ai.onnx'} ${target}`);
  const [since, breaks, fewestInputs, mostInputs, mostOutputs, attributes] = schema;
  const [low, high] = [Math.min(source, target), Math.max(source, target)];
  const changed = breaks.split(' ').find(version => Number(version) > low && Number(version) <= high);
  if (source < since || changed !== undefined) throw unknown(shown, `${domain || 'ai.onnx'} ${target}`);
  const restated = moveToInputs({ ...node, domain, docString: '', metadataProps: [] }, attributes, constant);
  const known = new Set(attributes.split(' '));
  const strange = restated.attribute.find(({ name }) => !known.has(name));
  const inputs = restated.input.length;
  if (
    strange !== undefined ||
    inputs < fewestInputs ||
    inputs > mostInputs ||
    restated.output.length > mostOutputs
  )
    throw new UnfitModel(
      `The file uses ${shown} of operator set ${source} in a form that set ${target} does not have${strange === undefined ? '' : ` (attribute ${strange.name})`}. ${EXPORT_AGAIN}`,
    );
  return restated;
}

const unknown = (shown: string, set: string): UnfitModel =>
  new UnfitModel(
    `The file uses ${shown}, which ${set} does not have, or with another meaning. ${EXPORT_AGAIN}`,
  );

function moveToInputs(
  node: NodeProto,
  attributes: string,
  constant: (tensor: TensorProto) => string,
): NodeProto {
  const moved = node.domain === '' ? movedToInputs[node.opType] : undefined;
  if (moved === undefined || !node.attribute.some(({ name }) => isMoved(name, moved, attributes)))
    return node;
  const input = [...node.input];
  for (const [place, { attribute, float }] of moved.entries()) {
    const value = node.attribute.find(({ name }) => name === attribute);
    input[place + 1] = value === undefined ? '' : constant(toTensor(value, float));
  }
  return {
    ...node,
    input,
    attribute: node.attribute.filter(({ name }) => !isMoved(name, moved, attributes)),
  };
}

const isMoved = (
  name: string,
  moved: readonly { readonly attribute: string }[],
  attributes: string,
): boolean => moved.some(({ attribute }) => attribute === name) && !attributes.split(' ').includes(name);

const toTensor = ({ ints, f }: AttributeProto, float: boolean): TensorProto =>
  create(
    TensorProtoSchema,
    float
      ? { dataType: DataType.FLOAT, floatData: [f] }
      : { dataType: DataType.INT64, int64Data: ints, dims: [BigInt(ints.length)] },
  );
