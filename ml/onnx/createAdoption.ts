import { type MessageInitShape, toBinary } from '@bufbuild/protobuf';
import {
  type GraphProto,
  type NodeProto,
  NodeProtoSchema,
  type TensorProto,
  TensorProtoSchema,
} from 'onnx-buf';

// Takes over parts of finished graphs into one that is being written. Nodes and constants that are equal, name aside, become
// one: models that were fitted on the same rows share most of their preprocessing.

type AddNode = (node: MessageInitShape<typeof NodeProtoSchema>) => string;
type AddConstant = (tensor: TensorProto) => string;

/**
 * @param addNode takes a node whose inputs are names of the new graph, and gives the name of its output
 * @param addConstant takes a tensor, and gives the name it has in the new graph
 * @returns see Graph.adopt
 */
export function createAdoption(
  addNode: AddNode,
  addConstant: AddConstant,
): (other: GraphProto, output: string) => string {
  const known = new Map<string, string>();
  const once = (key: string, add: () => string): string => {
    const name = known.get(key) ?? add();
    known.set(key, name);
    return name;
  };
  return (other, output) => {
    const names = new Map(other.input.map(({ name }) => [name, name]));
    const constants = new Map(other.initializer.map(tensor => [tensor.name, tensor]));
    const producers = new Map(other.node.map(node => [node.output[0], node]));
    const resolve = (name: string): string => {
      const done = names.get(name);
      if (done !== undefined) return done;
      const constant = constants.get(name);
      const node = producers.get(name);
      let adopted: string;
      if (constant !== undefined) adopted = once(constantKey(constant), () => addConstant(constant));
      else if (node !== undefined) adopted = adoptNode(node);
      else throw new Error(`The graph that is taken over has nothing that makes ${JSON.stringify(name)}.`);
      names.set(name, adopted);
      return adopted;
    };
    const adoptNode = (node: NodeProto): string => {
      if (node.output.length !== 1)
        throw new Error(`The node ${node.name} has ${node.output.length} outputs; expected one.`);
      const moved = { ...node, input: node.input.map(resolve) };
      return once(nodeKey(moved), () => addNode(moved));
    };
    return resolve(output);
  };
}

const constantKey = (tensor: TensorProto): string =>
  `constant ${text(toBinary(TensorProtoSchema, { ...tensor, name: '' }))}`;

const nodeKey = (node: NodeProto): string =>
  `node ${text(toBinary(NodeProtoSchema, { ...node, name: '', output: [] }))}`;

/** One character a byte, so that equal texts are equal bytes. */
const text = (bytes: Uint8Array): string => new TextDecoder('latin1').decode(bytes);
