import { fromBinary } from '@bufbuild/protobuf';
import { type AttributeProto, type NodeProto, NodeProtoSchema, TensorProtoSchema } from 'onnx-buf';
import {
  fieldsOf,
  GRAPH_INITIALIZER,
  GRAPH_NODE,
  MODEL_GRAPH,
  nodeOf,
  type RawNode,
  reachedFrom,
} from '../rawGraph.ts';

/** Thrown where a graph is not of the form that exportPipeline writes: somebody else's, or a blend's. */
export class NotOurForm extends Error {}

/** A node whose operator was looked at, with what it holds. */
export interface OwnNode {
  readonly opType: string;
  readonly inputs: readonly string[];
  attribute(name: string): AttributeProto;
  has(name: string): boolean;
}

/** A graph that is walked from its output backwards. Nodes are parsed when they are asked for, and no sooner. */
export class OwnGraph {
  readonly #producers: ReadonlyMap<string, RawNode>;
  readonly #constants = new Map<string, Uint8Array>();

  /** @throws NotOurForm where there is no graph, or one of more nodes than exportPipeline ever writes */
  constructor(model: Uint8Array) {
    const graph = fieldsOf(model).find(({ field }) => field === MODEL_GRAPH);
    if (graph === undefined) throw new NotOurForm('it has no graph');
    const fields = fieldsOf(graph.content);
    const nodes = fields.flatMap(({ field, content }) => (field === GRAPH_NODE ? [nodeOf(content)] : []));
    if (nodes.length > MOST_NODES) throw new NotOurForm(`it has ${nodes.length} nodes`);
    this.#producers = new Map(
      reachedFrom('probabilities', nodes).flatMap(node => node.outputs.map(name => [name, node] as const)),
    );
    for (const { field, content } of fields)
      if (field === GRAPH_INITIALIZER) this.#constants.set(tensorName(content), content);
  }

  /** The operator that makes a tensor; null for an input or a constant. */
  operator(name: string): string | null {
    return this.#producers.get(name)?.opType ?? null;
  }

  /** @throws NotOurForm where another operator makes it */
  node(name: string, ...operators: readonly string[]): OwnNode {
    const raw = this.#producers.get(name);
    if (raw === undefined || !operators.includes(raw.opType))
      throw new NotOurForm(
        `${name} comes from ${raw?.opType ?? 'no node'}, not from ${operators.join(' or ')}`,
      );
    const { attribute }: NodeProto = fromBinary(NodeProtoSchema, raw.raw);
    const named = new Map(attribute.map(each => [each.name, each]));
    return {
      opType: raw.opType,
      inputs: raw.inputs,
      has: key => named.has(key),
      attribute: key => {
        const found = named.get(key);
        if (found === undefined) throw new NotOurForm(`${raw.opType} has no ${key}`);
        return found;
      },
    };
  }

  /** What a Concat joins, or the tensor alone. */
  parts(name: string): readonly string[] {
    return this.operator(name) === 'Concat' ? this.node(name, 'Concat').inputs : [name];
  }

  /** @throws NotOurForm where it is no constant of float32 as exportPipeline writes them */
  floats(name: string): readonly number[] {
    return this.#some(name, fromBinary(TensorProtoSchema, this.#constant(name)).floatData);
  }

  ints(name: string): readonly number[] {
    return this.#some(name, fromBinary(TensorProtoSchema, this.#constant(name)).int64Data.map(Number));
  }

  #constant(name: string): Uint8Array {
    const found = this.#constants.get(name);
    if (found === undefined) throw new NotOurForm(`${name} is no constant`);
    return found;
  }

  #some(name: string, values: readonly number[]): readonly number[] {
    if (values.length === 0) throw new NotOurForm(`${name} is not written as we write constants`);
    return values;
  }
}

const MOST_NODES = 40;
const TENSOR_NAME = 8;

function tensorName(tensor: Uint8Array): string {
  const name = fieldsOf(tensor).find(({ field }) => field === TENSOR_NAME);
  return name === undefined ? '' : new TextDecoder().decode(name.content);
}
