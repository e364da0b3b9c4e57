import { type InferenceSession, Tensor } from 'onnxruntime-node';
import type { CodeTensor, EncodedEntry } from '../ml/onnx/enterBehindEncoders.ts';
import { type RowRange, rowsOf } from './Columns.ts';
import { positiveColumn } from './positiveColumn.ts';
import type { ScoringSession } from './ScoringSession.ts';
import type { Signature } from './Signature.ts';

/** The model file entered behind its encoders: a tensor for all numbers and one for all codes, as the entry names them. */
export function createEnteredSession(
  session: InferenceSession,
  signature: Signature,
  { numbers, codes }: Pick<EncodedEntry, 'numbers' | 'codes'>,
): ScoringSession {
  const numberFeeds = numbers.map(({ name, places }) => ({
    name,
    slots: Int32Array.from(places, place => signature.slots[place]),
  }));
  const codeFeeds = codes.map(tensor => createCodeFeed(signature, tensor));
  return {
    score: async ranges => {
      const rows = rowsOf(ranges);
      const feeds: Record<string, Tensor> = {};
      for (const { name, slots } of numberFeeds)
        feeds[name] = new Tensor('float32', gatherNumbers(signature.numberCount, slots, ranges, rows), [
          rows,
          slots.length,
        ]);
      for (const feed of codeFeeds)
        feeds[feed.name] = new Tensor('int64', feed.gather(ranges, rows), [rows, feed.width]);
      return positiveColumn(await session.run(feeds, ['probabilities']), rows);
    },
    release: () => session.release(),
  };
}

function gatherNumbers(
  numberCount: number,
  slots: Int32Array,
  ranges: readonly RowRange[],
  rows: number,
): Float32Array {
  const values = new Float32Array(rows * slots.length);
  let at = 0;
  for (const { columns, from, to } of ranges)
    for (let row = from; row < to; row++)
      for (const slot of slots) values[at++] = columns.numbers[row * numberCount + slot];
  return values;
}

function createCodeFeed(signature: Signature, { name, places, codes, unknownCode }: CodeTensor) {
  const { inputs, slots, categoryCount } = signature;
  const columns = places.map(place => {
    const input = inputs[place];
    const levels = input.kind === 'category' ? input.levels : [];
    // Our code of a column is the level's place after MISSING; the file's is that of its vocabulary.
    return {
      slot: slots[place],
      codeOf: Int32Array.from(['', ...levels], text => codes.get(text) ?? unknownCode),
    };
  });
  return {
    name,
    width: places.length,
    gather: (ranges: readonly RowRange[], rows: number): BigInt64Array => {
      const values = new BigInt64Array(rows * columns.length);
      // Two 32-bit words, the lower first on every machine that ONNX Runtime's package is made for: no BigInt for each code.
      const words = new Int32Array(values.buffer);
      let at = 0;
      for (const { columns: given, from, to } of ranges)
        for (let row = from; row < to; row++)
          for (const { slot, codeOf } of columns) {
            const code = given.codes[row * categoryCount + slot];
            // No level of its column, but perhaps one of another, which the vocabulary knows as well.
            const entered = code >= 0 ? codeOf[code] : (codes.get(given.texts[-1 - code]) ?? unknownCode);
            words[at] = entered;
            words[at + 1] = entered >> 31;
            at += 2;
          }
      return values;
    },
  };
}
