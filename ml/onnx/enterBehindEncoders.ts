import { create, fromBinary, toBinary } from '@bufbuild/protobuf';
import { BinaryWriter, WireType } from '@bufbuild/protobuf/wire';
import { type NodeProto, NodeProtoSchema, TensorProto_DataType, ValueInfoProtoSchema } from 'onnx-buf';
import type { SignatureInput } from './ModelMetadata.ts';
import {
  fieldsOf,
  GRAPH_INITIALIZER,
  GRAPH_NODE,
  MODEL_GRAPH,
  nodeOf,
  type RawNode,
  reachedFrom,
} from './rawGraph.ts';

// The graph of a model file, entered behind its encoders: the numbers as one tensor, the texts as the codes that the file's
// LabelEncoders would give them. A run then takes a few tensors of numbers instead of one an input, most of them strings,
// whose cost at one row a run is several times that of all arithmetic. What is left out is only what joins and encodes the
// inputs, and what makes labels; every other node and constant stays as its bytes are, and is not even parsed.

/** A tensor of the entered graph, [N, places.length]: column j holds the input at `places[j]` of the signature. */
interface EntryTensor {
  readonly name: string;
  readonly places: readonly number[];
}

export interface CodeTensor extends EntryTensor {
  /** Text → code, as the LabelEncoder's keys and values say. */
  readonly codes: ReadonlyMap<string, number>;
  /** Of a text that is not among them. */
  readonly unknownCode: number;
}

export interface EncodedEntry {
  /** An ONNX model whose only output is `probabilities`. */
  readonly bytes: Uint8Array;
  /** Float32, NaN = missing. */
  readonly numbers: readonly EntryTensor[];
  /** Int64. */
  readonly codes: readonly CodeTensor[];
}

const OUTPUT = 'probabilities';
/** Fields of onnx.GraphProto and TensorProto. */
const GRAPH_INPUT = 11;
const GRAPH_OUTPUT = 12;
const GRAPH_VALUE_INFO = 13;
const TENSOR_NAME = 8;

/** @returns null where the texts do not all go through such encoders: then the file is served as it is */
export function enterBehindEncoders(
  model: Uint8Array,
  inputs: readonly SignatureInput[],
): EncodedEntry | null {
  const outer = fieldsOf(model);
  const graph = outer.find(({ field }) => field === MODEL_GRAPH);
  if (graph === undefined) return null;
  const fields = fieldsOf(graph.content);
  const nodes = reachedFrom(
    OUTPUT,
    fields.flatMap(({ field, content }) => (field === GRAPH_NODE ? [nodeOf(content)] : [])),
  );
  const entry = replaceEncoders(nodes, inputs);
  if (entry === null) return null;
  const { numbers, codes, kept } = entry;
  const used = new Set(kept.flatMap(node => node.inputs));
  const places = new Map(inputs.map(({ name }, place) => [name, place]));
  const direct = inputs.filter(({ name }) => used.has(name));
  // A text that something else than an encoder reads cannot be given as a code.
  if (direct.some(({ kind }) => kind === 'category')) return null;
  const single = direct.map(({ name }) => ({ name, places: [places.get(name) ?? 0] }));

  const writer = new BinaryWriter();
  for (const { raw } of kept) writer.tag(GRAPH_NODE, WireType.LengthDelimited).bytes(raw);
  for (const { field, content, raw } of fields) if (isKept(field, content, used)) writer.raw(raw);
  const write = (tensors: readonly EntryTensor[], type: TensorProto_DataType): void => {
    for (const { name, places: columns } of tensors)
      writer.tag(GRAPH_INPUT, WireType.LengthDelimited).bytes(tensorInfo(name, type, columns.length));
  };
  write([...numbers, ...single], TensorProto_DataType.FLOAT);
  write(codes, TensorProto_DataType.INT64);
  const whole = new BinaryWriter();
  for (const { field, raw } of outer)
    if (field === MODEL_GRAPH) whole.tag(MODEL_GRAPH, WireType.LengthDelimited).bytes(writer.finish());
    else whole.raw(raw);
  return { bytes: whole.finish(), numbers: [...numbers, ...single], codes };
}

/** Whether a field of the graph stays as it is: nodes and inputs are written anew, and constants of what is left out go. */
function isKept(field: number, content: Uint8Array, used: ReadonlySet<string>): boolean {
  if (field === GRAPH_OUTPUT) return nameOf(content) === OUTPUT;
  if (field === GRAPH_INITIALIZER) {
    const name = fieldsOf(content).find(each => each.field === TENSOR_NAME);
    return name !== undefined && used.has(new TextDecoder().decode(name.content));
  }
  return field !== GRAPH_NODE && field !== GRAPH_INPUT && field !== GRAPH_VALUE_INFO;
}

/** Leaves out joins of inputs and LabelEncoders of texts; what they made becomes an input of the same name. */
function replaceEncoders(nodes: readonly RawNode[], inputs: readonly SignatureInput[]) {
  const places = new Map(inputs.map(({ name }, place) => [name, place]));
  /** Texts joined or alone, by the name of the tensor. */
  const texts = new Map<string, readonly number[]>();
  for (const [place, { name, kind }] of inputs.entries()) if (kind === 'category') texts.set(name, [place]);
  const numbers: EntryTensor[] = [];
  const codes: CodeTensor[] = [];
  const kept: RawNode[] = [];
  const joinsOfTexts: RawNode[] = [];
  for (const node of nodes) {
    const [name] = node.outputs;
    const joined = node.inputs.map(input => places.get(input) ?? -1);
    const kinds = new Set(joined.map(place => (place === -1 ? 'other' : inputs[place].kind)));
    if (node.opType === 'Concat' && kinds.size === 1 && !kinds.has('other') && axisOf(node) === 1) {
      if (kinds.has('number')) numbers.push({ name, places: joined });
      else {
        texts.set(name, joined);
        joinsOfTexts.push(node);
      }
      continue;
    }
    const encoded = node.opType === 'LabelEncoder' ? texts.get(node.inputs[0]) : undefined;
    const table = encoded === undefined ? null : codesOf(fromBinary(NodeProtoSchema, node.raw));
    if (encoded === undefined || table === null) kept.push(node);
    else codes.push({ name, places: encoded, ...table });
  }
  const used = new Set(kept.flatMap(node => node.inputs));
  return joinsOfTexts.some(({ outputs }) => used.has(outputs[0])) ? null : { numbers, codes, kept };
}

const axisOf = ({ raw }: RawNode): number | null => {
  const axis = fromBinary(NodeProtoSchema, raw).attribute.find(({ name }) => name === 'axis');
  return axis === undefined ? null : Number(axis.i);
};

/** What a LabelEncoder from text to int64 does; null for any other. */
function codesOf({ attribute }: NodeProto): Pick<CodeTensor, 'codes' | 'unknownCode'> | null {
  const named = new Map(attribute.map(each => [each.name, each]));
  const [keys, values] = [named.get('keys_strings'), named.get('values_int64s')];
  const unknown = named.get('default_int64');
  if (keys === undefined || values === undefined || unknown === undefined) return null;
  const decoder = new TextDecoder();
  return {
    codes: new Map(keys.strings.map((key, index) => [decoder.decode(key), Number(values.ints[index])])),
    unknownCode: Number(unknown.i),
  };
}

const nameOf = (valueInfo: Uint8Array): string => fromBinary(ValueInfoProtoSchema, valueInfo).name;

const tensorInfo = (name: string, elemType: TensorProto_DataType, width: number): Uint8Array =>
  toBinary(
    ValueInfoProtoSchema,
    create(ValueInfoProtoSchema, {
      name,
      type: {
        value: {
          case: 'tensorType',
          value: {
            elemType,
            shape: {
              dim: [
                { value: { case: 'dimParam', value: 'N' } },
                { value: { case: 'dimValue', value: BigInt(width) } },
              ],
            },
          },
        },
      },
    }),
  );
