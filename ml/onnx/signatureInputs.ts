import type { ProjectDefinition } from '../definition/ProjectDefinition.ts';
import type { Encoder } from '../features/Encoder.ts';
import type { SignatureInput } from './ModelMetadata.ts';

/** The inputs that a model file names: the definition's rules for each column, and what training met there. */
export function signatureInputs(definition: ProjectDefinition, encoder: Encoder): SignatureInput[] {
  return encoder.inputs.map(input => {
    const { name } = input;
    const rule = definition.columns[name];
    if (rule?.kind !== input.kind)
      throw new TypeError(
        `column ${name} is encoded as ${input.kind} but defined as ${rule?.kind ?? 'nothing'}`,
      );
    const { missing } = rule;
    if (input.kind === 'category')
      return { kind: 'category', name, levels: input.levels, missing, typical: input.fill };
    const { min = null, max = null, integer } = rule.kind === 'number' ? rule : { integer: false };
    return { kind: 'number', name, min, max, integer, missing, typical: input.fill };
  });
}
