import type { Columns } from '../Columns.ts';
import { type Signature, textOf } from '../Signature.ts';

/** A value as a person would write it: a number by the fewest digits of its float32, a text, or null where it is missing. */
export function shownValue(
  signature: Signature,
  { numbers, codes, texts }: Columns,
  row: number,
  place: number,
): number | string | null {
  const { inputs, slots, numberCount, categoryCount } = signature;
  if (inputs[place].kind === 'number') return fewestDigits(numbers[row * numberCount + slots[place]]);
  const text = textOf(signature, place, codes[row * categoryCount + slots[place]], texts);
  return text === '' ? null : text;
}

function fewestDigits(value: number): number | null {
  if (Number.isNaN(value)) return null;
  for (let digits = 6; digits < 9; digits++) {
    const short = Number(value.toPrecision(digits));
    if (Math.fround(short) === value) return short;
  }
  return Number(value.toPrecision(9));
}
