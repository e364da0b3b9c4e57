import type { Encoder, EncoderInput, Feature } from '../features/Encoder.ts';
import type { Graph } from './createGraph.ts';

// The fitted preprocessing as ONNX nodes. The nodes do not grow with the columns: all numbers go through one chain and all
// texts through another, because at one row a request each node costs more than its arithmetic.

export interface FeatureColumns {
  /** Name of a float32 tensor [N, columns.length]. */
  readonly name: string;
  /** The encoder's feature that each column of the tensor holds; -1 is a column of zeros that no feature owns. */
  readonly columns: readonly number[];
}

type NumericFeature = Exclude<Feature, { kind: 'level' }>;
type LevelFeature = Extract<Feature, { kind: 'level' }>;
type NumberInput = Extract<EncoderInput, { kind: 'number' }>;
type CategoryInput = Extract<EncoderInput, { kind: 'category' }>;

const MISSING_CODE = 0;
const UNKNOWN_CODE = -1;

/**
 * Adds what encode() computes: missing values filled, `(x − mean) × scale` in float32 (ai.onnx.ml Scaler subtracts, then
 * multiplies), hinges cut off at 0, 1 or 0 a level. Numbers and hinges come first and levels after them, each in the encoder's order: the kernel's weights
 * are put in this order instead of the columns.
 * @throws Error where a feature names an input that the encoder does not have or has as another kind.
 */
export function addFeatures(graph: Graph, encoder: Encoder): FeatureColumns {
  const inputs = new Map(encoder.inputs.map(input => [input.name, input]));
  const numbers: { index: number; feature: NumericFeature }[] = [];
  const levels: { index: number; feature: LevelFeature }[] = [];
  for (const [index, feature] of encoder.features.entries())
    if (feature.kind === 'level') levels.push({ index, feature });
    else numbers.push({ index, feature });
  const parts = [];
  if (numbers.length > 0) parts.push(addNumbers(graph, inputs, featuresOf(numbers)));
  if (levels.length > 0) parts.push(addLevels(graph, inputs, featuresOf(levels)));
  if (parts.length === 0) return { name: addZeros(graph, encoder.inputs), columns: [-1] };
  return { name: join(graph, parts), columns: [...numbers, ...levels].map(({ index }) => index) };
}

const featuresOf = <F>(list: readonly { feature: F }[]): F[] => list.map(({ feature }) => feature);

/** Concat of [N, ·] tensors, or the tensor itself where it is alone. */
function join(graph: Graph, names: readonly string[]): string {
  return names.length === 1 ? names[0] : graph.add('Concat', names, { attributes: { axis: { int: 1 } } });
}

/** A column that several features read is simply listed as often: one Scaler then serves numbers and hinges alike. */
function addNumbers(
  graph: Graph,
  inputs: ReadonlyMap<string, EncoderInput>,
  features: readonly NumericFeature[],
): string {
  const fills = features.map(({ input }) => numberInput(inputs, input).fill);
  const raw = join(
    graph,
    features.map(({ input }) => input),
  );
  const filled = graph.add('Imputer', [raw], {
    domain: 'ai.onnx.ml',
    attributes: { imputed_value_floats: { floats: fills }, replaced_value_float: { float: Number.NaN } },
  });
  const offsets = features.map(feature => (feature.kind === 'hinge' ? feature.knot : feature.mean));
  if (features.every(({ kind, scale }, index) => kind === 'number' && offsets[index] === 0 && scale === 1))
    return filled;
  const scaled = graph.add('Scaler', [filled], {
    domain: 'ai.onnx.ml',
    attributes: {
      offset: { floats: offsets },
      scale: { floats: features.map(({ scale }) => scale) },
    },
  });
  if (features.every(({ kind }) => kind === 'number')) return scaled;
  const floors = features.map(({ kind }) => (kind === 'hinge' ? 0 : Number.NEGATIVE_INFINITY));
  return graph.add('Max', [scaled, graph.floats(floors, [floors.length])]);
}

/**
 * One vocabulary for the levels of all columns: text → code, "" → MISSING_CODE, any other → UNKNOWN_CODE, which equals no
 * level. A missing value takes its column's fill code, then each feature compares its column's code with its level's.
 */
function addLevels(
  graph: Graph,
  inputs: ReadonlyMap<string, EncoderInput>,
  features: readonly LevelFeature[],
): string {
  const used = [...new Set(features.map(({ input }) => input))].map(name => categoryInput(inputs, name));
  const positions = new Map(used.map(({ name }, position) => [name, position]));
  const vocabulary = [...new Set(features.map(({ level }) => level))].sort();
  const codes = new Map(vocabulary.map((level, index) => [level, index + 1]));
  const texts = join(
    graph,
    used.map(({ name }) => name),
  );
  const raw = graph.add('LabelEncoder', [texts], {
    domain: 'ai.onnx.ml',
    attributes: {
      keys_strings: { texts: ['', ...vocabulary] },
      values_int64s: { ints: [MISSING_CODE, ...codes.values()] },
      default_int64: { int: UNKNOWN_CODE },
    },
  });
  const isMissing = graph.add('Equal', [raw, graph.ints([MISSING_CODE], [])]);
  const fills = used.map(({ fill }) => codes.get(fill) ?? UNKNOWN_CODE);
  const filled = graph.add('Where', [isMissing, graph.ints(fills, [fills.length]), raw]);
  const columns = features.map(({ input }) => positions.get(input) ?? 0);
  const spread = graph.add('Gather', [filled, graph.ints(columns, [columns.length])], {
    attributes: { axis: { int: 1 } },
  });
  const wanted = features.map(({ level }) => codes.get(level) ?? UNKNOWN_CODE);
  const equal = graph.add('Equal', [spread, graph.ints(wanted, [wanted.length])]);
  return graph.add('Cast', [equal], { attributes: { to: { int: 1 } } });
}

/** A column of zeros with as many rows as the request, for a model without features. */
function addZeros(graph: Graph, inputs: readonly EncoderInput[]): string {
  const [first] = inputs;
  if (first === undefined)
    throw new Error('The encoder has no inputs: a model file needs at least one column.');
  return graph.add('LabelEncoder', [first.name], {
    domain: 'ai.onnx.ml',
    attributes:
      first.kind === 'number'
        ? { keys_floats: { floats: [0] }, values_floats: { floats: [0] }, default_float: { float: 0 } }
        : { keys_strings: { texts: [''] }, values_floats: { floats: [0] }, default_float: { float: 0 } },
  });
}

function numberInput(inputs: ReadonlyMap<string, EncoderInput>, name: string): NumberInput {
  const input = inputs.get(name);
  if (input?.kind !== 'number') throw unknownInput(name, 'number', input);
  return input;
}

function categoryInput(inputs: ReadonlyMap<string, EncoderInput>, name: string): CategoryInput {
  const input = inputs.get(name);
  if (input?.kind !== 'category') throw unknownInput(name, 'category', input);
  return input;
}

function unknownInput(name: string, expected: string, found: EncoderInput | undefined): Error {
  return new Error(
    `A feature reads the input ${JSON.stringify(name)} as a ${expected}, but the encoder has ${found === undefined ? 'no such input' : `it as a ${found.kind}`}.`,
  );
}
