import { UnfitModel } from '../../ml/onnx/foreign/UnfitModel.ts';
import type { ForeignAnswers } from './runForeign.ts';

/**
 * Whether the first of two probabilities is the positive outcome's, told by the labels that the file answers with the
 * definition's words: libraries sort the classes, and "Left" comes before "Stayed". Numbers are 0 and 1.
 * @throws UnfitModel where the labels are other words than the definition's
 */
export function isReversed(
  { width, values, labels }: ForeignAnswers,
  { positive, negative }: { readonly positive: string; readonly negative: string },
): boolean {
  if (width === 1 || labels === null) return false;
  const words = new Set(labels);
  const numeric = [...words].every(word => word === '0' || word === '1');
  const isPositive = (word: string): boolean => word === positive || (numeric && word === '1');
  const isNegative = (word: string): boolean => word === negative || (numeric && word === '0');
  const strange = [...words].find(word => !isPositive(word) && !isNegative(word));
  if (strange !== undefined)
    throw new UnfitModel(
      `The file labels a row ${JSON.stringify(strange)}; expected ${JSON.stringify(negative)} or ${JSON.stringify(positive)}, the definition's words, or 0 and 1. Train on these labels, or export without the label output.`,
    );
  let straight = 0;
  let crossed = 0;
  for (const [row, word] of labels.entries()) {
    const [first, second] = [values[2 * row], values[2 * row + 1]];
    if (first === second) continue;
    if (second > first === isPositive(word)) straight++;
    else crossed++;
  }
  return crossed > straight;
}
