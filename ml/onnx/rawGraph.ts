import { BinaryReader, WireType } from '@bufbuild/protobuf/wire';

// An ONNX file by its outermost fields: what is not looked into stays bytes, so that a forest of many megabytes costs nothing
// where only its neighbours matter.

/** Fields of onnx.ModelProto and GraphProto. */
export const MODEL_GRAPH = 7;
export const GRAPH_NODE = 1;
export const GRAPH_INITIALIZER = 5;
/** Fields of onnx.NodeProto. */
const NODE_INPUT = 1;
const NODE_OUTPUT = 2;
const NODE_OP_TYPE = 4;

export interface RawField {
  readonly field: number;
  /** Tag and all. */
  readonly raw: Uint8Array;
  /** Of a length-delimited field; else empty. */
  readonly content: Uint8Array;
}

export interface RawNode {
  readonly raw: Uint8Array;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly opType: string;
}

export function fieldsOf(message: Uint8Array): RawField[] {
  const fields: RawField[] = [];
  const reader = new BinaryReader(message);
  while (reader.pos < reader.len) {
    const from = reader.pos;
    const [field, wireType] = reader.tag();
    let content: Uint8Array = NOTHING;
    if (wireType === WireType.LengthDelimited) content = reader.bytes();
    else reader.skip(wireType, field);
    fields.push({ field, raw: message.subarray(from, reader.pos), content });
  }
  return fields;
}

const NOTHING = new Uint8Array(0);

export function nodeOf(raw: Uint8Array): RawNode {
  const decoder = new TextDecoder();
  const fields = fieldsOf(raw);
  const all = (wanted: number): string[] =>
    fields.flatMap(({ field, content }) => (field === wanted ? [decoder.decode(content)] : []));
  return { raw, inputs: all(NODE_INPUT), outputs: all(NODE_OUTPUT), opType: all(NODE_OP_TYPE)[0] ?? '' };
}

/** The nodes that make an output, in the file's order. */
export function reachedFrom(output: string, nodes: readonly RawNode[]): RawNode[] {
  const producers = new Map(nodes.flatMap(node => node.outputs.map(name => [name, node] as const)));
  const wanted = new Set<RawNode>();
  const ask = [output];
  for (let name = ask.pop(); name !== undefined; name = ask.pop()) {
    const node = producers.get(name);
    if (node === undefined || wanted.has(node)) continue;
    wanted.add(node);
    ask.push(...node.inputs);
  }
  return nodes.filter(node => wanted.has(node));
}
