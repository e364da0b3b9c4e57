import { type InferenceSession, Tensor } from 'onnxruntime-node';
import { type RowRange, rowsOf } from './Columns.ts';
import { positiveColumn } from './positiveColumn.ts';
import type { ScoringSession } from './ScoringSession.ts';
import { type Signature, textOf } from './Signature.ts';

/** The model file as it is: one tensor [N, 1] an input, float32 or string. */
export const createFileSession = (session: InferenceSession, signature: Signature): ScoringSession => ({
  score: async ranges =>
    positiveColumn(await session.run(fileFeeds(signature, ranges), ['probabilities']), rowsOf(ranges)),
  release: () => session.release(),
});

export function fileFeeds(signature: Signature, ranges: readonly RowRange[]): Record<string, Tensor> {
  const { inputs, slots, numberCount, categoryCount } = signature;
  const rows = rowsOf(ranges);
  const feeds: Record<string, Tensor> = {};
  for (const [place, { name, kind }] of inputs.entries()) {
    const slot = slots[place];
    let at = 0;
    if (kind === 'number') {
      const values = new Float32Array(rows);
      for (const { columns, from, to } of ranges)
        for (let row = from; row < to; row++) values[at++] = columns.numbers[row * numberCount + slot];
      feeds[name] = new Tensor('float32', values, [rows, 1]);
    } else {
      const values: string[] = [];
      for (const { columns, from, to } of ranges)
        for (let row = from; row < to; row++)
          values.push(textOf(signature, place, columns.codes[row * categoryCount + slot], columns.texts));
      feeds[name] = new Tensor('string', values, [rows, 1]);
    }
  }
  return feeds;
}
