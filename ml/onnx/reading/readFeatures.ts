import type { Encoder, EncoderInput, Feature } from '../../features/Encoder.ts';
import type { SignatureInput } from '../ModelMetadata.ts';
import { NotOurForm, type OwnGraph } from './OwnGraph.ts';

/**
 * The encoder that addFeatures wrote, its features in the order of the graph's columns.
 * @throws NotOurForm where the nodes are others
 */
export function readFeatures(graph: OwnGraph, name: string, inputs: readonly SignatureInput[]): Encoder {
  const kinds = new Map(inputs.map(input => [input.name, input.kind]));
  // A Concat of inputs is what the Imputer reads; one of features has a node before each part.
  const parts = graph.parts(name).every(part => graph.operator(part) !== null) ? graph.parts(name) : [name];
  const fills = new Map<string, number | string>();
  const features = parts.flatMap(part =>
    graph.operator(part) === 'Cast' ? readLevels(graph, part, fills) : readNumbers(graph, part, fills),
  );
  for (const feature of features)
    if (kinds.get(feature.input) !== (feature.kind === 'level' ? 'category' : 'number'))
      throw new NotOurForm(`${feature.input} is no ${feature.kind} input`);
  return {
    inputs: inputs.map((input): EncoderInput => {
      const fill = fills.get(input.name);
      return input.kind === 'number'
        ? { kind: 'number', name: input.name, fill: typeof fill === 'number' ? fill : 0 }
        : {
            kind: 'category',
            name: input.name,
            levels: input.levels,
            fill: typeof fill === 'string' ? fill : '',
          };
    }),
    features,
  };
}

function readNumbers(graph: OwnGraph, name: string, fills: Map<string, number | string>): Feature[] {
  const cut = graph.operator(name) === 'Max' ? graph.node(name, 'Max') : null;
  const floors = cut === null ? null : graph.floats(cut.inputs[1]);
  const scaledName = cut === null ? name : cut.inputs[0];
  const scaled = graph.operator(scaledName) === 'Scaler' ? graph.node(scaledName, 'Scaler') : null;
  const offsets = scaled?.attribute('offset').floats;
  const scales = scaled?.attribute('scale').floats;
  const imputer = graph.node(scaled === null ? scaledName : scaled.inputs[0], 'Imputer');
  const imputed = imputer.attribute('imputed_value_floats').floats;
  return graph.parts(imputer.inputs[0]).map((input, place): Feature => {
    fills.set(input, imputed[place]);
    const scale = scales?.[place] ?? 1;
    const offset = offsets?.[place] ?? 0;
    return floors?.[place] === 0
      ? { kind: 'hinge', input, knot: offset, scale }
      : { kind: 'number', input, mean: offset, scale };
  });
}

function readLevels(graph: OwnGraph, name: string, fills: Map<string, number | string>): Feature[] {
  const equal = graph.node(graph.node(name, 'Cast').inputs[0], 'Equal');
  const spread = graph.node(equal.inputs[0], 'Gather');
  const filled = graph.node(spread.inputs[0], 'Where');
  const encoder = graph.node(filled.inputs[2], 'LabelEncoder');
  const decoder = new TextDecoder();
  const codes = encoder.attribute('values_int64s').ints.map(Number);
  const texts = encoder.attribute('keys_strings').strings.map(text => decoder.decode(text));
  const levelOf = new Map(codes.map((code, place) => [code, texts[place]]));
  const inputs = graph.parts(encoder.inputs[0]);
  for (const [place, code] of graph.ints(filled.inputs[1]).entries())
    fills.set(inputs[place], levelOf.get(code) ?? '');
  const columns = graph.ints(spread.inputs[1]);
  return graph.ints(equal.inputs[1]).map((code, place): Feature => {
    const level = levelOf.get(code);
    if (level === undefined) throw new NotOurForm(`the code ${code} is no level's`);
    return { kind: 'level', input: inputs[columns[place]], level };
  });
}
