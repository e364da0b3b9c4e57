import type { ModelMetadata, SignatureInput } from '../ml/onnx/ModelMetadata.ts';

// A model's inputs, put once into the form that reading a request needs: where a name leads, and which levels are known.

export interface Signature {
  readonly inputs: readonly SignatureInput[];
  /** Column name → place of its input; IGNORED for the id and the label. */
  readonly places: ReadonlyMap<string, number>;
  /** One a place: the levels that training met; null for a number. */
  readonly levels: readonly (ReadonlySet<string> | null)[];
  /** Every name that a request may use, for suggestions. */
  readonly names: readonly string[];
}

export const IGNORED = -1;

export function createSignature({ inputs, id, label }: ModelMetadata): Signature {
  const places = new Map<string, number>([[label.column, IGNORED]]);
  if (id !== null) places.set(id, IGNORED);
  for (const [place, { name }] of inputs.entries()) places.set(name, place);
  return {
    inputs,
    places,
    levels: inputs.map(input => (input.kind === 'category' ? new Set(input.levels) : null)),
    names: [...places.keys()],
  };
}
