import { create, type MessageInitShape, toBinary } from '@bufbuild/protobuf';
import {
  type AttributeProto,
  type FunctionProto,
  type GraphProto,
  GraphProtoSchema,
  type NodeProto,
  NodeProtoSchema,
  type TensorProto,
  TensorProtoSchema,
} from 'onnx-buf';
import { restateNode } from './foreign/restateNode.ts';
import { UnfitModel } from './foreign/UnfitModel.ts';

// Takes over parts of finished graphs into one that is being written. Nodes and constants that are equal, name aside, become
// one: models that were fitted on the same rows share most of their preprocessing. A file's own functions are written out where
// they are called, and nodes of other operator sets are restated in ours, so that what is taken over needs nothing of its file.

export interface AdoptOptions {
  /** Input of the other graph → name in this one; default: this graph's own input of that name. */
  readonly inputs?: ReadonlyMap<string, string>;
  /** What the other graph was written for, by domain; left out: our own operator sets. */
  readonly operatorSets?: ReadonlyMap<string, number>;
  /** `domain:name` → the other file's own functions. */
  readonly functions?: ReadonlyMap<string, FunctionProto>;
}

export interface AdoptionPorts {
  /** Takes a node whose inputs are names of the new graph; gives the names of its outputs. */
  readonly addNode: (node: MessageInitShape<typeof NodeProtoSchema>) => string[];
  /** Takes a tensor, and gives the name it has in the new graph. */
  readonly addConstant: (tensor: TensorProto) => string;
  /** A name that nothing has yet. */
  readonly freshName: () => string;
}

/** What names mean in the other graph, or in one call of a function of its file. */
interface Scope {
  readonly names: Map<string, string>;
  readonly constants: ReadonlyMap<string, TensorProto>;
  readonly producers: ReadonlyMap<string, NodeProto>;
  readonly operatorSets: ReadonlyMap<string, number> | undefined;
  /** Of the call: what a function's body refers to. */
  readonly attributes: ReadonlyMap<string, AttributeProto>;
  readonly underWay: Set<NodeProto>;
}

const MAXIMUM_CALLS = 10_000;

/** @returns see Graph.adopt */
export function createAdoption({
  addNode,
  addConstant,
  freshName,
}: AdoptionPorts): (other: GraphProto, output: string, options?: AdoptOptions) => string {
  const known = new Map<string, string[]>();
  const once = (key: string, add: () => string[]): string[] => {
    const names = known.get(key) ?? add();
    known.set(key, names);
    return names;
  };
  const shareConstant = (tensor: TensorProto): string =>
    once(constantKey(tensor), () => [addConstant({ ...tensor, docString: '' })])[0];

  return (other, output, { inputs, operatorSets, functions } = {}) => {
    let calls = 0;
    const resolve = (name: string, scope: Scope): string => {
      if (name === '') return '';
      const done = scope.names.get(name);
      if (done !== undefined) return done;
      const constant = scope.constants.get(name);
      const node = scope.producers.get(name);
      if (constant !== undefined) scope.names.set(name, shareConstant(constant));
      else if (node !== undefined) adoptNode(node, scope);
      const adopted = scope.names.get(name);
      if (adopted === undefined)
        throw new UnfitModel(
          `The graph has nothing that makes ${JSON.stringify(name)}; expected an input, a constant or a node before its use. Make the file anew.`,
        );
      return adopted;
    };

    const adoptNode = (node: NodeProto, scope: Scope): void => {
      if (scope.underWay.has(node))
        throw new UnfitModel(
          `The graph runs in a circle through the node ${JSON.stringify(node.name)}. Make the file anew.`,
        );
      scope.underWay.add(node);
      const made = toOutputs(node, scope);
      scope.underWay.delete(node);
      for (const [place, name] of node.output.entries()) if (name !== '') scope.names.set(name, made[place]);
    };

    const toOutputs = (node: NodeProto, scope: Scope): string[] => {
      const definition = functions?.get(`${node.domain}:${node.opType}`);
      if (definition !== undefined) return call(node, definition, scope);
      const moved = move(node, name => resolve(name, scope), scope);
      return once(nodeKey(moved), () => addNode(moved));
    };

    /** A function's body in place of its call. */
    const call = (node: NodeProto, definition: FunctionProto, scope: Scope): string[] => {
      if (++calls > MAXIMUM_CALLS)
        throw new UnfitModel(
          `The file's functions call one another more than ${MAXIMUM_CALLS} times. Export it with its functions inlined.`,
        );
      const given = new Map(node.attribute.map(each => [each.name, substitute(each, scope)]));
      const preset = definition.attributeProto.map(each => [each.name, each] as const);
      const inner = createScope(definition.node, [], {
        names: new Map(
          definition.input.map((name, place) => [name, resolve(node.input[place] ?? '', scope)]),
        ),
        operatorSets: new Map(definition.opsetImport.map(({ domain, version }) => [domain, Number(version)])),
        attributes: new Map([
          ...preset,
          ...[...given].flatMap(([name, each]) => (each ? [[name, each] as const] : [])),
        ]),
      });
      return definition.output.map(name => resolve(name, inner));
    };

    /** The node with names of the new graph, its outputs still the other's. */
    const move = (node: NodeProto, rename: (name: string) => string, scope: Scope): NodeProto => {
      const attribute = node.attribute.flatMap(each => {
        const value = substitute(each, scope);
        if (value === null) return [];
        if (value.g === undefined && value.graphs.length === 0) return [value];
        return [
          {
            ...value,
            g: value.g && moveSubgraph(value.g, rename, scope),
            graphs: value.graphs.map(graph => moveSubgraph(graph, rename, scope)),
          },
        ];
      });
      const input = node.input.map(rename);
      // Named by themselves: what a message does not hold (an empty domain) is lost where it is spread.
      const moved = { ...node, domain: node.domain, opType: node.opType, input, attribute };
      return scope.operatorSets === undefined ? moved : restateNode(moved, scope.operatorSets, shareConstant);
    };

    /** A branch or loop body stays one: only its names change, and what it takes from outside is taken over first. */
    const moveSubgraph = (graph: GraphProto, outside: (name: string) => string, scope: Scope): GraphProto => {
      const own = new Map<string, string>();
      const define = (name: string): string => {
        if (name === '') return '';
        const fresh = freshName();
        own.set(name, fresh);
        return fresh;
      };
      const rename = (name: string): string => (name === '' ? '' : (own.get(name) ?? outside(name)));
      const input = graph.input.map(value => ({ ...value, name: define(value.name) }));
      const initializer = graph.initializer.map(tensor => ({ ...tensor, name: define(tensor.name) }));
      const node = graph.node.map(each => {
        if (functions?.has(`${each.domain}:${each.opType}`))
          throw new UnfitModel(
            `The file calls its function ${each.opType} inside a branch or loop. Export it with its functions inlined.`,
          );
        const moved = move(each, rename, scope);
        return { ...moved, name: freshName(), output: each.output.map(define) };
      });
      const output = graph.output.map(value => ({ ...value, name: rename(value.name) }));
      return create(GraphProtoSchema, { name: graph.name, input, initializer, node, output });
    };

    const constants = other.initializer.map(tensor => [tensor.name, tensor] as const);
    const isConstant = new Set(constants.map(([name]) => name));
    const ownInputs = other.input
      .filter(({ name }) => !isConstant.has(name))
      .map(({ name }) => [name, inputs?.get(name) ?? name] as const);
    return resolve(
      output,
      createScope(other.node, constants, { names: new Map(ownInputs), operatorSets, attributes: new Map() }),
    );
  };
}

const createScope = (
  nodes: readonly NodeProto[],
  constants: readonly (readonly [string, TensorProto])[],
  rest: Pick<Scope, 'names' | 'operatorSets' | 'attributes'>,
): Scope => ({
  ...rest,
  constants: new Map(constants),
  producers: new Map(nodes.flatMap(node => node.output.map(name => [name, node] as const))),
  underWay: new Set(),
});

/** The attribute itself, or what the call gave for the one that a function's body refers to; null where it gave none. */
function substitute(attribute: AttributeProto, { attributes }: Scope): AttributeProto | null {
  if (attribute.refAttrName === '') return attribute;
  const given = attributes.get(attribute.refAttrName);
  return given === undefined ? null : { ...given, name: attribute.name, refAttrName: '' };
}

const constantKey = (tensor: TensorProto): string =>
  `constant ${text(toBinary(TensorProtoSchema, { ...tensor, name: '' }))}`;

const nodeKey = (node: NodeProto): string =>
  `node ${text(toBinary(NodeProtoSchema, { ...node, name: '', output: node.output.map(name => (name === '' ? '' : '.')) }))}`;

/** One character a byte, so that equal texts are equal bytes. */
const text = (bytes: Uint8Array): string => new TextDecoder('latin1').decode(bytes);
