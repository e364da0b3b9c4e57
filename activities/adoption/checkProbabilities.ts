import { UnfitModel } from '../../ml/onnx/foreign/UnfitModel.ts';
import type { ForeignAnswers } from './runForeign.ts';

/** By how much both probabilities of a row may miss the sum of 1: float32 sums over many trees do. */
const SUM_TOLERANCE = 1e-3;

/** @throws UnfitModel that names the first value that is no probability */
export function checkProbabilities(
  { width, values }: ForeignAnswers,
  about: { readonly rows: string; readonly remedy: string },
): void {
  for (const [place, value] of values.entries())
    if (!(value >= 0 && value <= 1)) {
      const row = Math.floor(place / width);
      const why = Number.isFinite(value)
        ? 'It looks like a logit or a score: end the model in a Sigmoid (binary outcome) or Softmax, so that it answers probabilities.'
        : about.remedy;
      throw new UnfitModel(
        `The file answers ${value} for row ${row + 1} of ${about.rows}; expected a probability from 0 to 1. ${why}`,
      );
    }
  if (width === 2)
    for (let row = 0; 2 * row < values.length; row++) {
      const sum = values[2 * row] + values[2 * row + 1];
      if (Math.abs(sum - 1) > SUM_TOLERANCE)
        throw new UnfitModel(
          `The two probabilities of row ${row + 1} of ${about.rows} sum to ${sum}; expected 1. End the model in a Softmax over two classes, or export the positive outcome's probability alone.`,
        );
    }
}
