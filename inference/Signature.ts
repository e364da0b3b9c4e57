import type { ModelMetadata, SignatureInput } from '../ml/onnx/ModelMetadata.ts';
import { ByteIndex } from './wire/ByteIndex.ts';

// A model's inputs, put once into the form that reading a request needs: where a name leads, and which levels are known.

export interface Signature {
  readonly inputs: readonly SignatureInput[];
  /** Column name → place of its input; IGNORED for the id and the label. */
  readonly places: ReadonlyMap<string, number>;
  /** One a place: which of the numbers, or which of the categories, it is. */
  readonly slots: readonly number[];
  readonly numberCount: number;
  readonly categoryCount: number;
  /** One a place: level → its code in Columns; null for a number. */
  readonly levelCodes: readonly (ReadonlyMap<string, number> | null)[];
  /** Every name that a request may use, for suggestions. */
  readonly names: readonly string[];
  /** The same names in UTF-8. */
  readonly nameBytes: ByteIndex;
  /** One a name: its place. */
  readonly placeOfName: readonly number[];
  /** One a place: its levels in UTF-8; null for a number. */
  readonly levelBytes: readonly (ByteIndex | null)[];
}

export const IGNORED = -1;

export function createSignature({
  inputs,
  id,
  label,
}: Pick<ModelMetadata, 'inputs' | 'id' | 'label'>): Signature {
  const places = new Map<string, number>([[label.column, IGNORED]]);
  if (id !== null) places.set(id, IGNORED);
  for (const [place, { name }] of inputs.entries()) places.set(name, place);
  const counts = { number: 0, category: 0 };
  const slots = inputs.map(({ kind }) => counts[kind]++);
  const names = [...places.keys()];
  return {
    inputs,
    places,
    slots,
    numberCount: counts.number,
    categoryCount: counts.category,
    levelCodes: inputs.map(input =>
      input.kind === 'category' ? new Map(input.levels.map((level, index) => [level, index + 1])) : null,
    ),
    names,
    nameBytes: new ByteIndex(names),
    placeOfName: [...places.values()],
    levelBytes: inputs.map(input => (input.kind === 'category' ? new ByteIndex(input.levels) : null)),
  };
}

/** What a code of Columns stands for at a place: text, or "" where it is missing. */
export function textOf({ inputs }: Signature, place: number, code: number, texts: readonly string[]): string {
  if (code < 0) return texts[-1 - code];
  const input = inputs[place];
  return code === 0 || input.kind !== 'category' ? '' : input.levels[code - 1];
}
