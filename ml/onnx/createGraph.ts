import { create, type MessageInitShape } from '@bufbuild/protobuf';
import {
  AttributeProto_AttributeType as AttributeType,
  type AttributeProtoSchema,
  type GraphProto,
  GraphProtoSchema,
  type NodeProtoSchema,
  TensorProto_DataType as DataType,
  type TensorProtoSchema,
  type ValueInfoProtoSchema,
} from 'onnx-buf';
import { type AdoptOptions, createAdoption } from './createAdoption.ts';

// Writes an ONNX graph node by node and invents the names between them. Every list keeps the order of the calls, so that the
// same calls give the same bytes. It knows operators only by name: what they mean is in the ONNX operator documents.

export type Attribute =
  | { readonly int: number }
  | { readonly float: number }
  | { readonly text: string }
  | { readonly floats: readonly number[] }
  | { readonly ints: ArrayLike<number> }
  | { readonly texts: readonly string[] };

type Domain = '' | 'ai.onnx.ml';

interface GraphInput {
  readonly name: string;
  readonly kind: 'number' | 'category';
}

export interface Graph {
  /** Adds a node with one output and returns the output's name. */
  add(
    operator: string,
    inputs: readonly string[],
    options?: {
      readonly domain?: Domain;
      readonly attributes?: Readonly<Record<string, Attribute>>;
      readonly output?: string;
    },
  ): string;
  /** Adds a constant; `shape` [] is a scalar. Numbers become float32. */
  floats(values: ArrayLike<number>, shape: readonly number[]): string;
  ints(values: readonly number[], shape: readonly number[]): string;
  /**
   * Copies what the output of another graph is made of, under names of this graph; the inputs are this graph's own, unless
   * `options` say otherwise. What an earlier call copied already is shared. Returns the output's name.
   */
  adopt(other: GraphProto, output: string, options?: AdoptOptions): string;
  texts(values: readonly string[], shape: readonly number[]): string;
  finish(): GraphProto;
}

const utf8 = new TextEncoder();

function attribute(name: string, value: Attribute): MessageInitShape<typeof AttributeProtoSchema> {
  if ('int' in value) return { name, type: AttributeType.INT, i: BigInt(value.int) };
  if ('float' in value) return { name, type: AttributeType.FLOAT, f: Math.fround(value.float) };
  if ('text' in value) return { name, type: AttributeType.STRING, s: utf8.encode(value.text) };
  if ('floats' in value) return { name, type: AttributeType.FLOATS, floats: value.floats.map(Math.fround) };
  if ('ints' in value) return { name, type: AttributeType.INTS, ints: Array.from(value.ints, BigInt) };
  // One encoding a distinct text: a forest repeats its few branch modes hundreds of thousands of times.
  const encoded = new Map<string, Uint8Array<ArrayBuffer>>();
  const encode = (text: string) => {
    const known = encoded.get(text) ?? utf8.encode(text);
    encoded.set(text, known);
    return known;
  };
  return { name, type: AttributeType.STRINGS, strings: value.texts.map(encode) };
}

function tensorInfo(name: string, elementType: DataType, width: number | null) {
  const rows = { value: { case: 'dimParam' as const, value: 'N' } };
  const columns = width === null ? [] : [{ value: { case: 'dimValue' as const, value: BigInt(width) } }];
  return {
    name,
    type: {
      value: {
        case: 'tensorType' as const,
        value: { elemType: elementType, shape: { dim: [rows, ...columns] } },
      },
    },
  } satisfies MessageInitShape<typeof ValueInfoProtoSchema>;
}

/**
 * Starts a graph whose inputs are [N, 1] tensors, float32 or string, and whose outputs are `label`, string [N], and
 * `probabilities`, float32 [N, 2].
 */
export function createGraph(name: string, inputs: readonly GraphInput[]): Graph {
  const nodes: MessageInitShape<typeof NodeProtoSchema>[] = [];
  const constants: MessageInitShape<typeof TensorProtoSchema>[] = [];
  // A column may bear any name; what we invent begins as none of them does.
  let prefix = '_';
  while (inputs.some(input => input.name.startsWith(prefix))) prefix += '_';
  const constant = (tensor: MessageInitShape<typeof TensorProtoSchema>, shape: readonly number[]) => {
    const constantName = `${prefix}constant${constants.length}`;
    constants.push({ ...tensor, name: constantName, dims: shape.map(BigInt) });
    return constantName;
  };
  let inner = 0;
  const adopted = createAdoption({
    addNode: node => {
      const nodeName = `${prefix}${node.opType}${nodes.length}`;
      const output = (node.output ?? []).map((name, place) =>
        name === '' ? '' : place === 0 ? nodeName : `${nodeName}_${place}`,
      );
      nodes.push({ ...node, name: nodeName, output });
      return output;
    },
    addConstant: tensor => constant(tensor, tensor.dims.map(Number)),
    freshName: () => `${prefix}inner${inner++}`,
  });
  return {
    adopt: adopted,
    add(operator, nodeInputs, { domain = '', attributes = {}, output } = {}) {
      const nodeName = `${prefix}${operator}${nodes.length}`;
      nodes.push({
        name: nodeName,
        opType: operator,
        domain,
        input: [...nodeInputs],
        output: [output ?? nodeName],
        attribute: Object.entries(attributes).map(([key, value]) => attribute(key, value)),
      });
      return output ?? nodeName;
    },
    floats: (values, shape) =>
      constant({ dataType: DataType.FLOAT, floatData: Array.from(values, Math.fround) }, shape),
    ints: (values, shape) => constant({ dataType: DataType.INT64, int64Data: values.map(BigInt) }, shape),
    texts: (values, shape) =>
      constant({ dataType: DataType.STRING, stringData: values.map(text => utf8.encode(text)) }, shape),
    finish: () =>
      create(GraphProtoSchema, {
        name,
        input: inputs.map(input =>
          tensorInfo(input.name, input.kind === 'number' ? DataType.FLOAT : DataType.STRING, 1),
        ),
        output: [tensorInfo('label', DataType.STRING, null), tensorInfo('probabilities', DataType.FLOAT, 2)],
        initializer: constants,
        node: nodes,
      }),
  };
}
