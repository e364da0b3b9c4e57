import type { Column, Table } from '../../../ml/dataset/Table.ts';
import type { EncoderInput } from '../../../ml/features/Encoder.ts';
import { encode } from '../../../ml/features/encode.ts';
import type { Pipeline } from '../../../ml/trainers/Pipeline.ts';
import { plainTrees } from '../../support/plainTrees.ts';
import type { Row } from '../onnx/handmade.ts';

// The naive twin: Shapley's formula over every subset of the columns, each scored by walking the kernel feature by feature.

/** Rows as the table that encode() reads. */
export function tableOf(inputs: readonly EncoderInput[], rows: readonly Row[]): Table {
  const columns = inputs.map((input): Column => {
    const { name } = input;
    if (input.kind === 'number')
      return { kind: 'number', name, values: Float32Array.from(rows, row => Number(row[name])) };
    const levels = [...new Set(rows.map(row => String(row[name])))].filter(text => text !== '').sort();
    return {
      kind: 'category',
      name,
      levels,
      codes: Int32Array.from(rows, row => levels.indexOf(String(row[name]))),
    };
  });
  return { rowCount: rows.length, columns, labels: new Uint8Array(rows.length) };
}

/** One contribution a player of the game `score`, which is asked with the players that take part. */
export function naiveShapley(players: number, score: (members: readonly boolean[]) => number): number[] {
  const sets = Array.from({ length: 2 ** players }, (_, set) =>
    Array.from({ length: players }, (_player, bit) => ((set >> bit) & 1) === 1),
  );
  const scores = sets.map(score);
  const factorial = (n: number): number => (n <= 1 ? 1 : n * factorial(n - 1));
  return Array.from({ length: players }, (_, player) =>
    sets.reduce((sum, members, set) => {
      if (members[player]) return sum;
      const size = members.filter(Boolean).length;
      const weight = (factorial(size) * factorial(players - size - 1)) / factorial(players);
      return sum + weight * (scores[set | (1 << player)] - scores[set]);
    }, 0),
  );
}

/** A row's score in the space in which its kernel adds up, before any sigmoid; a forest's before its calibration. */
export function rawScore({ encoder, model, calibration }: Pipeline, row: Row): number {
  const { values: x } = encode(encoder, tableOf(encoder.inputs, [row]), Int32Array.of(0));
  const { slope, intercept } = calibration ?? { slope: 1, intercept: 0 };
  if (model.kind === 'linear')
    return (
      slope * x.reduce((sum, value, at) => sum + value * model.coefficients[at], model.intercept) + intercept
    );
  if (model.kind === 'perceptron') throw new Error('A perceptron adds nothing up.');
  const { roots, feature, threshold, left, right, value } = plainTrees(model);
  const leaves = roots.map(root => {
    let node = root;
    while (feature[node] >= 0) node = x[feature[node]] <= threshold[node] ? left[node] : right[node];
    return value[node];
  });
  const sum = leaves.reduce((total, leaf) => total + leaf, model.base);
  return model.aggregate === 'logit' ? slope * sum + intercept : sum / leaves.length;
}

/** The customer's value where a column takes part, else the reference's. */
export const mixed = (
  inputs: readonly EncoderInput[],
  customer: Row,
  reference: Row,
  members: readonly boolean[],
): Row =>
  Object.fromEntries(inputs.map(({ name }, place) => [name, (members[place] ? customer : reference)[name]]));
