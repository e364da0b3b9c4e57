import * as fc from 'fast-check';
import type { Encoder, EncoderInput, Feature } from '../../../ml/features/Encoder.ts';
import type { FittedModel, TreesModel } from '../../../ml/trainers/FittedModel.ts';
import type { Pipeline } from '../../../ml/trainers/Pipeline.ts';
import { treesModel } from '../../support/plainTrees.ts';
import type { Row } from './handmade.ts';

// Random small pipelines with rows to score: awkward column names, features in any order, levels shared between columns,
// columns no feature uses, rows that lie exactly on a tree's threshold.

const float = (min: number, max: number) =>
  fc.float({ min: Math.fround(min), max: Math.fround(max), noNaN: true });
const names = [
  'tenure',
  'Monthly Charges',
  'it\'s "quoted"',
  'größe 数',
  '_x',
  '__constant0',
  '',
  ' ',
  'N',
].filter(name => name !== '');
const levels = ['a', 'b', 'No', 'Yes', 'Größe ✓', ' padded ', '0'];

const encoderInput = (name: string): fc.Arbitrary<EncoderInput> =>
  fc.oneof(
    float(-50, 50).map((fill): EncoderInput => ({ kind: 'number', name, fill })),
    fc.record({ levels: fc.uniqueArray(fc.constantFrom(...levels), { minLength: 1 }), fill: fc.nat() }).map(
      ({ levels, fill }): EncoderInput => ({
        kind: 'category',
        name,
        levels: levels.sort(),
        fill: levels[fill % levels.length],
      }),
    ),
  );

const featuresOf = (input: EncoderInput): fc.Arbitrary<Feature[]> =>
  input.kind === 'number'
    ? fc
        .tuple(
          fc.option(fc.record({ mean: float(-20, 20), scale: float(0.01, 3) })),
          fc.array(fc.record({ knot: float(-20, 20), scale: float(0.01, 3) }), { maxLength: 3 }),
        )
        .map(([scaling, hinges]) => [
          { kind: 'number', input: input.name, ...(scaling ?? { mean: 0, scale: 1 }) },
          ...hinges.map((hinge): Feature => ({ kind: 'hinge', input: input.name, ...hinge })),
        ])
    : fc
        .subarray([...input.levels])
        .map(kept => kept.map((level): Feature => ({ kind: 'level', input: input.name, level })));

const encoder: fc.Arbitrary<Encoder> = fc
  .uniqueArray(fc.constantFrom(...names), { minLength: 1 })
  .chain(chosen => fc.tuple(...chosen.map(encoderInput)))
  .chain(inputs =>
    fc
      .tuple(...inputs.map(featuresOf))
      .chain(lists => fc.shuffledSubarray(lists.flat()))
      .map(features => ({ inputs, features })),
  );

function someTrees(features: number): fc.Arbitrary<TreesModel> {
  // Each draw turns one leaf of one tree into a split; nodes of the trees lie mixed in the table.
  const split = fc.record({ at: fc.nat(), feature: fc.nat(), threshold: float(-5, 5), on: fc.boolean() });
  return fc
    .record({
      aggregate: fc.constantFrom('logit' as const, 'probability' as const),
      base: float(-1, 1),
      trees: fc.integer({ min: 1, max: 4 }),
      splits: fc.array(split, { maxLength: features === 0 ? 0 : 12 }),
      values: fc.array(fc.oneof(fc.constantFrom(0, 1), fc.double({ min: 0, max: 1, noNaN: true })), {
        minLength: 30,
        maxLength: 30,
      }),
    })
    .map(({ aggregate, base, trees, splits, values }) => {
      const feature = Array.from({ length: trees }, () => -1);
      const left = feature.map(() => -1);
      const right = feature.map(() => -1);
      const threshold = feature.map(() => 0);
      for (const draw of splits) {
        const leaves = feature.flatMap((of, node) => (of < 0 ? [node] : []));
        const node = leaves[draw.at % leaves.length];
        feature[node] = draw.feature % features;
        threshold[node] = draw.on ? Math.round(draw.threshold) : draw.threshold;
        left[node] = feature.length + 1;
        right[node] = feature.length;
        for (const list of [feature, left, right]) list.push(-1, -1);
        threshold.push(0, 0);
      }
      return treesModel(aggregate, aggregate === 'logit' ? base : 0, {
        roots: Array.from({ length: trees }, (_, tree) => tree),
        feature,
        threshold,
        left,
        right,
        value: feature.map((_, node) => (aggregate === 'logit' ? 4 * values[node] - 2 : values[node])),
      });
    });
}

const weights = (length: number, size = 1) =>
  fc.array(float(-size, size), { minLength: length, maxLength: length });

const layer = (inputs: number, outputs: number) =>
  fc.record({
    inputs: fc.constant(inputs),
    outputs: fc.constant(outputs),
    weights: weights(inputs * outputs).map(list => Float32Array.from(list)),
    biases: weights(outputs).map(list => Float32Array.from(list)),
  });

const perceptron = (features: number): fc.Arbitrary<FittedModel> =>
  fc.array(fc.integer({ min: 1, max: 4 }), { maxLength: 2 }).chain(hidden => {
    const sizes = [features, ...hidden, 1];
    return fc
      .tuple(...sizes.slice(1).map((outputs, index) => layer(sizes[index], outputs)))
      .map(layers => ({ kind: 'perceptron', layers }));
  });

const model = (features: number): fc.Arbitrary<FittedModel> =>
  fc.oneof(
    fc.record({ intercept: float(-2, 2), coefficients: weights(features) }).map(
      ({ intercept, coefficients }): FittedModel => ({
        kind: 'linear',
        intercept,
        coefficients: Float64Array.from(coefficients),
      }),
    ),
    someTrees(features),
    perceptron(features),
  );

export const pipeline: fc.Arbitrary<Pipeline> = encoder.chain(encoder =>
  fc.record({
    encoder: fc.constant(encoder),
    model: model(encoder.features.length),
    calibration: fc.option(fc.record({ slope: float(-0.5, 3), intercept: float(-3, 3) })),
    threshold: float(0.01, 0.99),
    positiveLabel: fc.constantFrom('Yes', '1', 'Ja ✓'),
    negativeLabel: fc.constantFrom('No', '0', '否'),
  }),
);

export const rowFor = (inputs: readonly EncoderInput[]): fc.Arbitrary<Row> =>
  fc.record(
    Object.fromEntries(
      inputs.map((input): [string, fc.Arbitrary<number | string>] => [
        input.name,
        input.kind === 'number'
          ? fc.oneof(float(-30, 30), fc.integer({ min: -5, max: 5 }), fc.constant(Number.NaN))
          : fc.constantFrom('', 'unseen', ...levels),
      ]),
    ),
  );
