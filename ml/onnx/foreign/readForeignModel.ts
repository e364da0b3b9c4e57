import { fromBinary } from '@bufbuild/protobuf';
import {
  type GraphProto,
  type ModelProto,
  ModelProtoSchema,
  type NodeProto,
  TensorProto_DataLocation as DataLocation,
  TensorProto_DataType as DataType,
  type TensorProto,
  type ValueInfoProto,
} from 'onnx-buf';
import type { ElementType, ForeignModel, ForeignTensor } from './ForeignModel.ts';
import { EXPORT_AGAIN, UnfitModel } from './UnfitModel.ts';

// From bytes to a model that may be taken over: a whole file with everything in it, tensors in and out, any number of rows at
// once. Nothing is run here; what only a run shows is for the caller to find out.

/** Below 3 the format was another; above 13 nothing is known of it yet. */
const OLDEST_IR = 3;
const NEWEST_IR = 13;
const NEWEST_SET: ReadonlyMap<string, number> = new Map([
  ['', 26],
  ['ai.onnx.ml', 5],
]);
/** Keys under which tools, or people, write the columns of a matrix input: JSON, or names with commas between. */
const COLUMN_KEYS = ['columns', 'feature_names', 'feature_name', 'input_columns'];

const elementTypes: ReadonlyMap<number, ElementType> = new Map([
  [DataType.FLOAT, 'float32'],
  [DataType.DOUBLE, 'float64'],
  [DataType.INT64, 'int64'],
  [DataType.INT32, 'int32'],
  [DataType.BOOL, 'bool'],
  [DataType.STRING, 'string'],
]);

/** @throws UnfitModel that says what is wrong with the file and what to do */
export function readForeignModel(bytes: Uint8Array): ForeignModel {
  const model = parse(bytes);
  const { graph } = model;
  if (graph === undefined || graph.output.length === 0)
    throw new UnfitModel('The file is no ONNX model: it has no graph with an output. Give the .onnx file.');
  checkVersions(model);
  for (const each of [graph, ...model.functions])
    refuseOutsideData(each.node, 'initializer' in each ? each : null);
  const constants = new Set(graph.initializer.map(({ name }) => name));
  const entries = graph.input.filter(({ name }) => !constants.has(name));
  refuseMaps(graph);
  const inputs = entries.map(value => toTensor(value, 'input'));
  for (const { name, shape } of inputs) refuseFixedBatch(name, shape);
  if (inputs.length === 0)
    throw new UnfitModel(
      'The graph has no inputs; expected the table’s columns as its inputs. Export the whole pipeline.',
    );
  return {
    graph,
    operatorSets: new Map(
      model.opsetImport.map(({ domain, version }) => [domain === 'ai.onnx' ? '' : domain, Number(version)]),
    ),
    functions: new Map(model.functions.map(each => [`${each.domain}:${each.name}`, each])),
    inputs,
    outputs: graph.output.flatMap(value => (isTensor(value) ? [toTensor(value, 'output')] : [])),
    producer: `${model.producerName} ${model.producerVersion}`.trim().slice(0, 100),
    columns: columnsOf(model),
  };
}

function parse(bytes: Uint8Array): ModelProto {
  try {
    return fromBinary(ModelProtoSchema, bytes);
  } catch (cause) {
    throw new UnfitModel(
      `The ${bytes.length} bytes are not an ONNX model, or not a whole one: ${cause instanceof Error ? cause.message : String(cause)}. Give the .onnx file as the exporter wrote it.`,
      { cause },
    );
  }
}

function checkVersions({ irVersion, opsetImport }: ModelProto): void {
  const ir = Number(irVersion);
  if (ir < OLDEST_IR || ir > NEWEST_IR)
    throw new UnfitModel(
      `The file is of ONNX IR version ${ir}; expected ${OLDEST_IR} to ${NEWEST_IR}. ${EXPORT_AGAIN}`,
    );
  const seen = new Map<string, bigint>();
  for (const { domain, version } of opsetImport) {
    const name = domain === 'ai.onnx' ? '' : domain;
    const before = seen.get(name);
    if (before !== undefined && before !== version)
      throw new UnfitModel(
        `The file imports two operator sets of ${name || 'ai.onnx'}, ${before} and ${version}; expected one. ${EXPORT_AGAIN}`,
      );
    seen.set(name, version);
    const newest = NEWEST_SET.get(name);
    if (newest !== undefined && (version < 1n || version > BigInt(newest)))
      throw new UnfitModel(
        `The file is written for the operator set ${version} of ${name || 'ai.onnx'}; expected 1 to ${newest}. ${EXPORT_AGAIN}`,
      );
  }
}

/** Weights in other files, or of a form that is not taken, in the graph or in any branch of it. */
function refuseOutsideData(nodes: readonly NodeProto[], graph: GraphProto | null): void {
  for (const tensor of graph?.initializer ?? []) refuseOutsideTensor(tensor);
  const sparse = (graph?.sparseInitializer.length ?? 0) > 0;
  for (const { attribute } of nodes)
    for (const { t, tensors, g, graphs, sparseTensor, sparseTensors } of attribute) {
      for (const tensor of t === undefined ? tensors : [t, ...tensors]) refuseOutsideTensor(tensor);
      for (const inner of g === undefined ? graphs : [g, ...graphs]) refuseOutsideData(inner.node, inner);
      if (sparseTensor !== undefined || sparseTensors.length > 0) throw sparseWeights();
    }
  if (sparse) throw sparseWeights();
}

function refuseOutsideTensor(tensor: TensorProto): void {
  if (tensor.dataLocation === DataLocation.EXTERNAL || tensor.externalData.length > 0)
    throw new UnfitModel(
      `The weights ${JSON.stringify(tensor.name)} lie in another file; expected one file with everything in it. Save it whole: onnx.save_model(onnx.load(FILE), OUT, save_as_external_data=False).`,
    );
}

const sparseWeights = (): UnfitModel =>
  new UnfitModel('The file holds sparse weights; expected dense ones. Export the model with dense weights.');

function refuseMaps({ output }: GraphProto): void {
  const map = output.find(value => !isTensor(value));
  if (map !== undefined)
    throw new UnfitModel(
      `The output ${JSON.stringify(map.name)} is not a tensor but a ${map.type?.value.case?.replace('Type', '') ?? 'value of no type'}, which is what a ZipMap makes; expected the probabilities as a tensor [N, 2]. Switch it off: convert_sklearn(…, options={'zipmap': False}), or zipmap=False in onnxmltools.`,
    );
}

const isTensor = ({ type }: ValueInfoProto): boolean => type?.value.case === 'tensorType';

function toTensor({ name, type }: ValueInfoProto, role: 'input' | 'output'): ForeignTensor {
  if (type?.value.case !== 'tensorType')
    throw new UnfitModel(
      `The ${role} ${JSON.stringify(name)} is not a tensor; expected a tensor of numbers or text with a row a customer.`,
    );
  const { elemType, shape } = type.value.value;
  const known = elementTypes.get(elemType);
  if (known === undefined)
    throw new UnfitModel(
      `The ${role} ${JSON.stringify(name)} holds ${DataType[elemType] ?? `type ${elemType}`}; expected FLOAT, DOUBLE, INT64, INT32, BOOL or STRING. Export it with one of these types.`,
    );
  const dimensions = shape?.dim.map(({ value }) => (value.case === 'dimValue' ? Number(value.value) : null));
  return { name, type: known, shape: dimensions ?? null };
}

function refuseFixedBatch(name: string, shape: ForeignTensor['shape']): void {
  const rows = shape?.[0] ?? null;
  if (rows !== null)
    throw new UnfitModel(
      `The input ${JSON.stringify(name)} takes exactly ${rows} row${rows === 1 ? '' : 's'} at a time, [${shape?.map(size => size ?? '?').join(', ')}]; expected any number. Leave the first dimension open: FloatTensorType([None, F]) in skl2onnx and onnxmltools, dynamic_axes={'${name}': {0: 'N'}} in torch.onnx.export.`,
    );
}

function columnsOf({ metadataProps }: ModelProto): string[] | null {
  const entry = metadataProps.find(({ key }) => COLUMN_KEYS.includes(key.toLowerCase()));
  if (entry === undefined) return null;
  try {
    const list: unknown = JSON.parse(entry.value);
    if (Array.isArray(list) && list.every(name => typeof name === 'string')) return list;
  } catch {
    // Not JSON: names with commas between.
  }
  return entry.value.split(',').map(name => name.trim());
}
